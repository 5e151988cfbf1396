//! The fakes as a program, the way the suites of PHP use them. That this test needs it is also why
//! `cargo test --workspace` builds it: with what the other tests use already.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use serde_json::Value;

#[test]
fn the_program_says_where_it_is_answers_there_and_ends_with_its_input() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_twofactor-fakes"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(program.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let about: Value = serde_json::from_str(&line).unwrap();
    let ca = std::fs::read_to_string(about["ca"].as_str().unwrap()).unwrap();
    assert!(ca.starts_with("-----BEGIN CERTIFICATE-----"), "{ca}");

    let admin = about["admin"].as_str().unwrap();
    let admin = admin.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(admin).unwrap();
    let request = format!("GET /sent HTTP/1.1\r\nHost: {admin}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.ends_with("\r\n\r\n[]"), "{answer}");

    drop(program.stdin.take());
    assert!(program.wait().unwrap().success());
    assert_eq!(output.read_line(&mut line).unwrap(), 0);
}
