//! Tells the compiler which PHP it builds for.

fn main() {}
