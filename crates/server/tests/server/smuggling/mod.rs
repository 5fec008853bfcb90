//! Request smuggling: whatever a client sends, each of its requests gets one answer, and the next request on the connection
//! is the next request, or the connection closes. Over raw sockets, and through the proxies that Debian has.

mod client;
mod corpus;
mod direct;
mod through_proxies;
