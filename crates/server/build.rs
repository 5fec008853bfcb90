//! Generates what the features of this crate need.

#[cfg(feature = "swagger")]
#[path = "build/swagger.rs"]
mod swagger;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");
    #[cfg(feature = "swagger")]
    swagger::run()?;
    Ok(())
}
