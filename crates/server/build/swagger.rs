//! Takes those files of Swagger UI that its page needs out of the archive that a crate brings, and compresses them: as they
//! are, they would be two megabytes of the binary.

use std::{
    env,
    error::Error,
    fs::File,
    io::{self, Cursor, Read, Write},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

/// `src/serve/swagger/mod.rs` names them as well.
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
/// The page again, for the place above the folder of its files.
const PAGE: &str = "swagger.html";

/// Writes the compressed files into cargo's folder for what is generated.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let folder = env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    let root = archive.name_for_index(0).ok_or("the archive is empty")??.into_owned();
    for name in FILES {
        let mut text = Vec::new();
        archive.by_name(&format!("{root}dist/{name}"))?.read_to_end(&mut text)?;
        write(Path::new(&folder), name, &text)?;
        if name == INDEX {
            let page = with_base(&String::from_utf8(text)?)?;
            write(Path::new(&folder), PAGE, page.as_bytes())?;
        }
    }
    Ok(())
}

fn write(folder: &Path, name: &str, text: &[u8]) -> io::Result<()> {
    let file = File::create(folder.join(format!("{name}.gz")))?;
    let mut file = GzEncoder::new(file, Compression::best());
    file.write_all(text)?;
    file.finish().map(drop)
}

/// The page names its files relative to itself, but at `/swagger` they are in a folder below it. Nothing is said of what
/// stands in front, since a proxy may have taken that off the path.
fn with_base(page: &str) -> Result<String, String> {
    let with_base = page.replacen("<head>", "<head>\n    <base href=\"swagger/\" />", 1);
    if with_base == page {
        return Err("Swagger UI's page has no head".to_owned());
    }
    Ok(with_base)
}
