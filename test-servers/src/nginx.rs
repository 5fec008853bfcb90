//! nginx.

use std::{
    fs,
    net::{SocketAddr, TcpStream},
};

use crate::{Error, Home, Process, provide};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");

/// An nginx that hands each request to the next one of several servers.
///
/// It knows no sessions: every request, also of one connection, goes to another server in turn. A server that cannot be
/// reached, does not answer within a few seconds or says 503 is left out for two seconds.
#[derive(Debug)]
pub struct Nginx {
    process: Process,
    address: SocketAddr,
    // Last, because the server must have ended before its folder goes.
    _home: Home,
}

impl Nginx {
    /// Installs what is missing, if this is root's process.
    ///
    /// # Errors
    /// The package is missing.
    pub fn provide() -> Result<(), Error> {
        provide("nginx", "nginx-light")
    }

    /// Starts one, and waits until it answers.
    ///
    /// # Errors
    /// It is not installed or does not start.
    pub fn start(servers: &[SocketAddr]) -> Result<Self, Error> {
        Self::start_with(|address| balancer(address, servers))
    }

    /// Starts one whose connections to the one server behind it are shared by all clients.
    ///
    /// # Errors
    /// It is not installed or does not start.
    pub fn sharing_connections(server: SocketAddr) -> Result<Self, Error> {
        Self::start_with(|address| sharing(address, server))
    }

    /// Starts one with nothing but these directives in its `server` block.
    ///
    /// # Errors
    /// It is not installed or does not start.
    pub fn site(directives: &str) -> Result<Self, Error> {
        Self::start_with(|address| format!("server {{\n    listen {address};\n{directives}\n}}\n"))
    }

    /// Starts the one that README.md describes, with these servers in place of those that it names.
    ///
    /// # Errors
    /// It is not installed or does not start, or README.md describes none.
    pub fn of_readme(wicketgate: SocketAddr, application: SocketAddr) -> Result<Self, Error> {
        let readme = fs::read_to_string(README).map_err(Error::io(README))?;
        let block = readme.split("```").find_map(|part| part.strip_prefix("nginx\n"));
        let missing = || Error::io(README)(std::io::ErrorKind::NotFound.into());
        let block = block.ok_or_else(missing)?;
        Self::site(
            &block
                .replace("127.0.0.1:8080", &wicketgate.to_string())
                .replace("127.0.0.1:3000", &application.to_string()),
        )
    }

    fn start_with(http_block: impl FnOnce(SocketAddr) -> String) -> Result<Self, Error> {
        Self::provide()?;
        let home = Home::new()?;
        let address = SocketAddr::from(([127, 0, 0, 1], Home::free_port()?));
        let file = home.folder().join("nginx.conf");
        fs::write(&file, configuration(&http_block(address))).map_err(Error::io("nginx.conf"))?;
        let mut command = home.command("nginx");
        command.arg("-p").arg(home.folder()).arg("-c").arg(&file);
        command.args(["-e", "stderr"]);
        let mut process = home.start("nginx", &mut command)?;
        home.wait("nginx", &mut process, || TcpStream::connect(address).is_ok())?;
        Ok(Self {
            process,
            address,
            _home: home,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether it has not ended.
    pub fn is_running(&mut self) -> bool {
        self.process.is_running()
    }
}

fn configuration(http_block: &str) -> String {
    format!(
        "\
daemon off;
pid nginx-own.pid;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
{http_block}
}}
"
    )
}

fn sharing(address: SocketAddr, server: SocketAddr) -> String {
    format!(
        "\
    upstream shared {{
        server {server};
        keepalive 1;
    }}
    server {{
        listen {address};
        location / {{
            proxy_pass http://shared;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection \"\";
            # Bodies go on as they come, before they are whole.
            proxy_request_buffering off;
            proxy_read_timeout 4s;
        }}
    }}
"
    )
}

fn balancer(address: SocketAddr, servers: &[SocketAddr]) -> String {
    let servers: String = servers
        .iter()
        .map(|server| format!("        server {server} max_fails=1 fail_timeout=2s;\n"))
        .collect();
    format!(
        "\
    upstream instances {{
{servers}    }}
    server {{
        listen {address};
        large_client_header_buffers 8 64k;
        location / {{
            proxy_pass http://instances;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection \"\";
            proxy_buffer_size 64k;
            proxy_buffers 8 64k;
            proxy_busy_buffers_size 64k;
            proxy_connect_timeout 1s;
            proxy_read_timeout 4s;
            # A POST that may have been carried out goes to no other server, but the next one does.
            proxy_next_upstream error timeout http_503;
        }}
    }}
"
    )
}
