//! Takes those files of Swagger UI that its page needs out of the archive that a crate brings, and compresses them: as they
//! are, they would be two megabytes of the binary.

use std::{
    env,
    error::Error,
    fs::File,
    io::{Cursor, Read, Write},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

/// `src/serve/swagger.rs` names them as well.
const FILES: [&str; 7] = [
    INDEX,
    "index.css",
    "favicon-16x16.png",
    "favicon-32x32.png",
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
];
const INDEX: &str = "index.html";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let folder = env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    let root = archive.name_for_index(0).ok_or("the archive is empty")??.into_owned();
    for name in FILES {
        let mut text = Vec::new();
        archive.by_name(&format!("{root}dist/{name}"))?.read_to_end(&mut text)?;
        if name == INDEX {
            text = with_base(&String::from_utf8(text)?)?.into_bytes();
        }
        let file = File::create(Path::new(&folder).join(format!("{name}.gz")))?;
        let mut file = GzEncoder::new(file, Compression::best());
        file.write_all(&text)?;
        file.finish()?;
    }
    Ok(())
}

/// The page names its files relative to itself, but it is at `/swagger` with and without a closing slash.
fn with_base(page: &str) -> Result<String, String> {
    let with_base = page.replacen("<head>", "<head>\n    <base href=\"/swagger/\" />", 1);
    if with_base == page {
        return Err("Swagger UI's page has no head".to_owned());
    }
    Ok(with_base)
}
