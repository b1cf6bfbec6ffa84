//! Whole logs: sessions, several files, filters, encodings.
