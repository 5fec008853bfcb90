//! Databases of other shapes than a plain `IdentityUser` has (`goldens/variants`), each served as .NET left it: a test for each
//! variant on each kind of database, such as `guid-keys::postgresql`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot set up its application has failed"
)]

mod bytes;
mod client;
mod form;
mod journey;
mod left;
mod newcomer;
mod people;
mod rows;
mod variants;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use wicketgate_conformance::Store;

use crate::variants::{VARIANTS, Variant};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("every_dump_is_listed", || {
            variants::every_dump_is_listed();
            Ok(())
        }),
        Trial::test("the_forms_of_values_differ", || {
            form::tests::the_forms_of_values_differ();
            Ok(())
        }),
    ];
    for variant in VARIANTS {
        if variant.store.is_available() {
            trials.push(Trial::test(variant.title(), || {
                run(variant);
                Ok(())
            }));
        }
    }
    for store in Store::ALL.into_iter().filter(|store| !store.is_available()) {
        eprintln!("no variant on {store} is tested: see `cargo xtask databases`");
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn run(variant: &Variant) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(journey::journey(variant));
}
