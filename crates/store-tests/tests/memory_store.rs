//! The statements that hold for every store, on the one in memory.

use wicketgate_identity::MemoryStore;

wicketgate_store_tests::test_store!(async { MemoryStore::new() });
