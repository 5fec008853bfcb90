// The page does not use this script; `serve/swagger.rs` does not serve it.
