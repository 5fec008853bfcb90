//! Metrics, as Prometheus reads them, at a port of their own.

mod counters;
mod dotnet_names;
mod exposition;
mod histograms;
mod instruments;
mod listener;
mod sources;

pub(crate) use listener::MetricsListener;
