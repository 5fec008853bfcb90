//! The root of all protectors.

use std::{fmt, sync::Arc};

use crate::payload::purposes::Purposes;
use crate::{Clock, EphemeralKeyRepository, KeyRing, KeyRingOptions, Protector, Random};

/// The root of all protectors: a ring and the application's name (.NET's `IDataProtectionProvider`).
#[derive(Clone)]
pub struct DataProtection {
    ring: Arc<KeyRing>,
    application_name: Option<Arc<str>>,
}

impl DataProtection {
    /// Protectors over `ring`; `application_name` (.NET's discriminator) keeps applications that share a ring apart.
    pub fn new(ring: Arc<KeyRing>, application_name: Option<&str>) -> Self {
        Self {
            ring,
            application_name: application_name.map(Arc::from),
        }
    }

    /// Keys that exist only in this process, for tests and trials.
    pub fn ephemeral(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let repository = Arc::new(EphemeralKeyRepository::default());
        Self::new(
            Arc::new(KeyRing::new(repository, KeyRingOptions::default(), clock, random)),
            None,
        )
    }

    /// The protector for a chain of purposes; only the same chain can unprotect.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let protection = DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom));
    /// let links = protection.protector(&["Shop", "InvoiceLinks"]);
    ///
    /// let link = links.protect_text(b"invoice 4711").await?;
    /// assert_eq!(&**links.unprotect_text(&link).await?, b"invoice 4711");
    /// assert!(protection.protector(&["Shop"]).unprotect_text(&link).await.is_err());
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn protector(&self, purposes: &[&str]) -> Protector {
        let application = Purposes::of_application(self.application_name.as_deref());
        let chain = purposes.iter().fold(application, |chain, purpose| chain.with(purpose));
        Protector::new(Arc::clone(&self.ring), chain)
    }

    /// The ring behind all its protectors.
    pub fn ring(&self) -> &Arc<KeyRing> {
        &self.ring
    }
}

impl fmt::Debug for DataProtection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataProtection")
            .field("application_name", &self.application_name)
            .finish_non_exhaustive()
    }
}
