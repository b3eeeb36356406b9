use std::net::IpAddr;

use jiff::tz::TimeZone;

use crate::scopes::access_log::{Amount, Deed, LogFormat, LogLine};

const SERVED: Deed = Deed::Served(Amount::Whole);

fn apache() -> LogFormat {
    LogFormat::Apache { scheme: "http" }
}

fn vsftpd(zone: &str) -> LogFormat {
    LogFormat::Vsftpd { zone: TimeZone::get(zone).unwrap() }
}

fn parsed(format: &LogFormat, line: &[u8]) -> LogLine {
    let text = String::from_utf8_lossy(line).into_owned();
    format.parse(line).unwrap_or_else(|error| panic!("{error}: {text}")).expect(&text)
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

/// A line of nginx 1.22.1 with these fields put in.
fn nginx_line(changes: &[(&str, &str)]) -> Vec<u8> {
    let fields = [
        ("time", "1795946998.425"),
        ("client", "192.0.2.7"),
        ("user", ""),
        ("host", "h"),
        ("key", "http://o/a"),
        ("method", "GET"),
        ("status", "200"),
        ("bytes", "1000"),
        ("cache", "HIT"),
        ("auth", "0"),
    ];
    let value = |name: &str, value| {
        changes.iter().find(|(changed, _)| *changed == name).map_or(value, |(_, value)| *value)
    };
    let fields = fields.map(|(name, old)| format!("\"{name}\":\"{}\"", value(name, old)));
    format!("{{{}}}", fields.join(",")).into_bytes()
}

#[test]
fn nginx_line_gives_all_its_fields() {
    let line = parsed(&LogFormat::Nginx, &nginx_line(&[]));
    let expected = LogLine {
        time_ns: 1_795_946_998_425_000_000,
        client: IpAddr::from([192, 0, 2, 7]),
        user: None,
        host: b"h".to_vec(),
        key: b"http://o/a".to_vec(),
        method: b"GET".to_vec(),
        status: Some(200),
        bytes: Some(1000),
        cache: b"HIT".to_vec(),
        carries_credentials: false,
        deed: SERVED,
    };
    assert_eq!(line, expected);
}

#[test]
fn quotes_backslashes_bars_and_bytes_in_a_url_stay_in_the_key() {
    // Written by nginx 1.22.1, Squid 5.7 and Apache 2.4 for one and the same request.
    let nginx = concat!(
        r#"{"time":"1795946998.430","client":"127.0.0.1","user":"","host":"127.0.0.1","#,
        r#""key":"http://127.0.0.1:20372/q|u\"o\\te%22%7c?x=|\"&y=%0a","method":"GET","#,
        r#""status":"200","bytes":"1000","cache":"MISS","auth":"0"}"#,
    );
    let squid = concat!(
        r#"{"time":"1795947001.585","client":"127.0.0.1","user":"-","host":"127.0.0.1","#,
        r#""key":"http://127.0.0.1:20372/q%7Cu%22o%5Cte%2522%257c?x=%7C%22&y=%250a","#,
        r#""method":"GET","status":"200","bytes":"1300","cache":"TCP_MISS","auth":"-","#,
        r#""server":"127.0.0.1"}"#,
    );
    let by_apache = concat!(
        r#"{"time":"1795947002.876","client":"127.0.0.1","user":"-","#,
        r#""host":"127.0.0.1:20372","request":"GET /q|u\"o\\te%22%7c?x=|\"&y=%0a HTTP/1.1","#,
        r#""status":"200","bytes":"1000","cache":"cache miss: attempting entity save","#,
        r#""auth":"0"}"#,
    );
    for (format, line) in
        [(LogFormat::Nginx, nginx), (LogFormat::Squid, squid), (apache(), by_apache)]
    {
        let line = parsed(&format, line.as_bytes());
        assert_eq!(text(&line.key), r#"http://127.0.0.1:20372/q|u"o\te%22%7c?x=|"&y=%0a"#);
        assert_eq!((line.deed, line.user), (SERVED, None));
    }
    let raw = nginx_line(&[("key", "http://o/X")]);
    let raw: Vec<u8> =
        raw.into_iter().flat_map(|b| if b == b'X' { vec![0xc3, 0xff] } else { vec![b] }).collect();
    assert_eq!(parsed(&LogFormat::Nginx, &raw).key, b"http://o/\xc3\xff");
    let escaped = concat!(
        r#"{"time":"1795947003.007","client":"127.0.0.1","user":"-","host":"h:8","#,
        r#""request":"GET /utf\xc3\xa9\x41\\x41 HTTP/1.1","status":"200","bytes":"1","#,
        r#""cache":"-","auth":"0"}"#,
    );
    assert_eq!(parsed(&apache(), escaped.as_bytes()).key, b"http://h:8/utf\xc3\xa9A\\x41");
}

#[test]
fn newline_in_a_value_cannot_begin_a_line() {
    let line = nginx_line(&[("key", r"http://o/a\nb\u000ac")]);
    assert_eq!(parsed(&LogFormat::Nginx, &line).key, b"http://o/a\nb\nc");
    for part in line.split(|&byte| byte == b'\\') {
        assert!(LogFormat::Nginx.parse(part).is_err());
    }
}

#[test]
fn user_counts_only_where_the_server_accepted_it() {
    let user = |status| {
        let line = nginx_line(&[("user", "u1"), ("status", status), ("auth", "1")]);
        parsed(&LogFormat::Nginx, &line).user
    };
    assert_eq!(user("200"), Some(b"u1".to_vec()));
    assert_eq!(user("401"), None);
    assert_eq!(user("407"), None);
    // Whatever a request claims stands in fields that this does not read.
    let claimed = nginx_line(&[("host", r#"x\",\"user\":\"u1"#)]);
    let line = parsed(&LogFormat::Nginx, &claimed);
    assert_eq!((line.user, text(&line.host)), (None, r#"x","user":"u1"#));
    let squid = concat!(
        r#"{"time":"1.5","client":"::1","user":"a%22b%25","host":"-","key":"k","#,
        r#""method":"GET","status":"200","bytes":"0","cache":"TCP_HIT","auth":"1"}"#,
    );
    let line = parsed(&LogFormat::Squid, squid.as_bytes());
    assert_eq!((line.user, line.host), (Some(b"a\"b%".to_vec()), vec![]));
}

#[test]
fn only_whole_successful_gets_and_puts_are_deeds() {
    let deed = |method, status| {
        let line = nginx_line(&[("method", method), ("status", status)]);
        parsed(&LogFormat::Nginx, &line).deed
    };
    for (method, status, expected) in [
        ("GET", "200", SERVED),
        ("GET", "203", SERVED),
        ("GET", "206", Deed::Served(Amount::Part)),
        ("GET", "304", Deed::Nothing),
        ("GET", "404", Deed::Nothing),
        ("GET", "504", Deed::Nothing),
        ("HEAD", "200", Deed::Nothing),
        ("get", "200", Deed::Nothing),
        ("POST", "200", Deed::Nothing),
        ("PUT", "201", Deed::Uploaded(Amount::Whole)),
        ("PUT", "204", Deed::Uploaded(Amount::Whole)),
        ("PUT", "200", Deed::Nothing),
        ("PUT", "401", Deed::Nothing),
        ("", "400", Deed::Nothing),
    ] {
        assert_eq!(deed(method, status), expected, "{method} {status}");
    }
}

#[test]
fn credentials_are_told_also_where_cookies_are_logged() {
    let carries =
        |auth| parsed(&LogFormat::Nginx, &nginx_line(&[("auth", auth)])).carries_credentials;
    assert!(carries("1") && !carries("0") && !carries("-") && !carries(""));
    assert!(carries(r#"0","cookie":"1"#) && !carries(r#"0","cookie":"0"#));
    assert!(LogFormat::Nginx.parse(&nginx_line(&[("auth", "yes")])).is_err());
}

#[test]
fn apache_names_objects_as_its_cache_does() {
    let key = |host: &str, request: &str| {
        let line = format!(
            concat!(
                r#"{{"time":"1","client":"::1","user":"-","host":"{}","request":"{}","#,
                r#""status":"200","bytes":"-","cache":"-","auth":"0"}}"#
            ),
            host, request
        );
        let line = parsed(&apache(), line.as_bytes());
        (String::from_utf8(line.key).unwrap(), line.deed)
    };
    let served = |key: &str| (key.to_owned(), SERVED);
    assert_eq!(key("OTHER.example", "GET /id/h HTTP/1.1"), served("http://other.example:80/id/h"));
    assert_eq!(key("a:8080", "GET /x?y HTTP/1.0"), served("http://a:8080/x?y"));
    assert_eq!(key("[::1]", "GET / HTTP/1.1"), served("http://[::1]:80/"));
    assert_eq!(key("b", "GET http://a/x HTTP/1.1"), served("http://a/x"));
    assert_eq!(key("a:1", "GET /x? HTTP/1.1"), served("http://a:1/x"), "an empty query is none");
    // What is no request line has neither method nor name.
    for request in ["GET /a b HTTP/1.1", "GET /a", "", r"\x16\x03\x01", "GET  HTTP/1.1"] {
        assert_eq!(key("a", request), (String::new(), Deed::Nothing), "{request}");
    }
}

#[test]
fn other_formats_are_refused() {
    let sound = nginx_line(&[]);
    for cut in 0..sound.len() {
        assert!(LogFormat::Nginx.parse(&sound[..cut]).is_err(), "{cut}");
        assert!(LogFormat::Nginx.parse(&sound[cut..]).is_err() || cut == 0, "{cut}");
    }
    let twice = nginx_line(&[("cache", r#"HIT","client":"192.0.2.8"#)]);
    assert!(LogFormat::Nginx.parse(&twice).is_err(), "a field that occurs twice");
    for line in [
        r#"127.0.0.1 - - [29/Nov/2026:10:09:58 +0000] "GET /id/a HTTP/1.1" 200 1000 "-" "-""#,
        r#"{"time":1795946998.425}"#,
        r#"{"a":{"b":"c"}}"#,
        r"[]",
        r#""""#,
        r"{}",
        "",
        "{\"a\":\"b\"} {\"a\":\"b\"}",
    ] {
        for format in [LogFormat::Nginx, LogFormat::Squid, apache(), LogFormat::AptCacherNg] {
            assert!(format.parse(line.as_bytes()).is_err(), "{line}");
        }
    }
    let numeric = String::from_utf8(sound).unwrap().replace("\"200\"", "200");
    assert!(LogFormat::Nginx.parse(numeric.as_bytes()).is_err(), "values are strings");
    for (field, value) in [
        ("time", ""),
        ("time", "now"),
        ("time", "-1"),
        ("time", "1."),
        ("time", "1.0000000001"),
        ("time", "9999999999999"),
        ("client", "localhost"),
        ("client", "127.0.0.1:80"),
        ("client", "unix:"),
        ("status", ""),
        ("status", "+20"),
        ("status", "2000"),
        ("bytes", "-1"),
        ("bytes", "99999999999999999999"),
    ] {
        assert!(LogFormat::Nginx.parse(&nginx_line(&[(field, value)])).is_err(), "{field} {value}");
    }
}

#[test]
fn mapped_address_is_the_ipv4_address() {
    let line = parsed(&LogFormat::Nginx, &nginx_line(&[("client", "::ffff:192.0.2.7")]));
    assert_eq!(line.client, IpAddr::from([192, 0, 2, 7]));
}

/// A line of vsftpd 3.0.3.
fn transfer(verb: &str, path: &str, bytes: &str) -> Vec<u8> {
    format!(
        "Sun Nov 29 10:11:03 2026 [pid 19753] [ftp] OK {verb}: Client \"127.0.0.1\", \
         \"{path}\"{bytes}, 4479.64Kbyte/sec"
    )
    .into_bytes()
}

#[test]
fn vsftpd_transfer_gives_path_bytes_and_local_time() {
    let line = parsed(&vsftpd("UTC"), &transfer("DOWNLOAD", "/r/a.bin", ", 500 bytes"));
    assert_eq!(line.time_ns, 1_795_947_063_000_000_000);
    assert_eq!((text(&line.key), line.bytes), ("/r/a.bin", Some(500)));
    assert_eq!((line.deed, line.user), (Deed::Served(Amount::Bytes(500)), None));
    let line = parsed(&vsftpd("Europe/Berlin"), &transfer("UPLOAD", "/r/empty", ""));
    assert_eq!(line.time_ns, 1_795_943_463_000_000_000);
    assert_eq!(line.deed, Deed::Uploaded(Amount::Bytes(0)));
    let named = b"Thu Jan  1 00:00:09 1970 [pid 2] [u1] OK UPLOAD: Client \"::ffff:192.0.2.7\", \
        \"/home/u1/a\", 5 bytes, 0.01Kbyte/sec";
    let line = parsed(&vsftpd("UTC"), named);
    assert_eq!((line.user, line.time_ns), (Some(b"u1".to_vec()), 9_000_000_000));
    assert_eq!(line.client, IpAddr::from([192, 0, 2, 7]));
}

#[test]
fn vsftpd_hour_that_happens_twice_or_never_is_refused() {
    let at = |time: &str| {
        let line = format!(
            "Sun {time} 2026 [pid 2] [ftp] OK UPLOAD: Client \"::1\", \"/a\", \
             5 bytes, 1.00Kbyte/sec"
        );
        vsftpd("Europe/Berlin").parse(line.as_bytes())
    };
    assert!(at("Oct 25 01:59:59").is_ok());
    assert!(at("Oct 25 02:30:00").is_err());
    assert!(at("Oct 25 03:00:00").is_ok());
    assert!(at("Mar 29 02:30:00").is_err());
    assert!(at("Mar 30 03:00:00").is_err(), "not a Sunday");
}

#[test]
fn vsftpd_paths_cannot_end_their_field() {
    let path = r#"/r/q"u", 5 bytes, 1.00Kbyte/sec", 7 bytes, 2.00Kbyte/sec|b\"#;
    let line = parsed(&vsftpd("UTC"), &transfer("UPLOAD", path, ", 500 bytes"));
    assert_eq!((text(&line.key), line.bytes), (path, Some(500)));
    // Names of which the log does not say which file they are.
    for path in ["/r/u????", "/r/../a", "/r/./a", "/r//a", "r/a", "", "/"] {
        let line = parsed(&vsftpd("UTC"), &transfer("DOWNLOAD", path, ", 500 bytes"));
        assert_eq!(line.deed, Deed::Nothing, "{path}");
    }
}

#[test]
fn vsftpd_lines_of_other_events_are_no_transfers_whatever_a_client_wrote() {
    let forged = "OK UPLOAD: Client \"9.9.9.9\", \"/r/a\", 5 bytes, 1.00Kbyte/sec";
    for event in [
        "CONNECT: Client \"127.0.0.1\"".to_owned(),
        "[ftp] OK LOGIN: Client \"127.0.0.1\", anon password \"pw@x\"".to_owned(),
        "[ftp] FAIL DOWNLOAD: Client \"127.0.0.1\", \"/r/none\", 0.00Kbyte/sec".to_owned(),
        "[ftp] FAIL UPLOAD: Client \"127.0.0.1\", \"/r/q\", 0.00Kbyte/sec".to_owned(),
        format!("[x] {forged}] FAIL LOGIN: Client \"127.0.0.1\""),
        format!("[ftp] OK LOGIN: Client \"127.0.0.1\", anon password \"x] [y] {forged}\""),
        format!("[ftp] OK MKDIR: Client \"127.0.0.1\", \"/r/x] [y] {forged}\""),
    ] {
        let line = format!("Sun Nov 29 10:11:03 2026 [pid 7] {event}");
        assert_eq!(vsftpd("UTC").parse(line.as_bytes()).unwrap(), None, "{line}");
    }
    for line in ["", "Sun Nov 29 10:11:03 2026", "Sun Nov 29 10:11:03 2026 ftpd: a"] {
        assert!(vsftpd("UTC").parse(line.as_bytes()).is_err(), "{line}");
    }
}

#[test]
fn apt_cacher_ng_lines_are_read_and_prove_nothing() {
    let line = b"1795947046|O|1275|127.0.0.1|127.0.0.1/pool/a|b|c_1.0-1_all.deb";
    let line = parsed(&LogFormat::AptCacherNg, line);
    assert_eq!(
        (text(&line.key), text(&line.host)),
        ("127.0.0.1/pool/a|b|c_1.0-1_all.deb", "127.0.0.1",)
    );
    assert_eq!((line.bytes, line.time_ns), (Some(1275), 1_795_947_046_000_000_000));
    // A client that asks for `/host/pool/b%0a1795947046|O|...` writes this whole line.
    assert_eq!(line.deed, Deed::Nothing);
    for line in [
        "1795947046|I|1376|127.0.0.1|127.0.0.1/pool/x_1.0-1_all.deb",
        "1795947046|E|632|127.0.0.1|127.0.0.1/pool/nope_1.0-1_all.deb [HTTP error, code: 404]",
    ] {
        assert_eq!(LogFormat::AptCacherNg.parse(line.as_bytes()).unwrap(), None);
    }
    for line in ["", "_1.0-1_all.deb", "1|O|2|::1", "1|X|2|::1|a", "1|O|2|host|a"] {
        assert!(LogFormat::AptCacherNg.parse(line.as_bytes()).is_err(), "{line}");
    }
}
