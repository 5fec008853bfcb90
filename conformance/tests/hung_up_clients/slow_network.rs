//! What lies between an instance and its database: it can hold back what the database says, and to the database all that
//! comes through it comes from one host, which is not its own.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    time::timeout,
};

/// Where the database sees connections come from. What comes from 127.0.0.1 is never locked out.
const STRANGER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

#[derive(Debug)]
pub(crate) struct SlowNetwork {
    address: SocketAddr,
    is_held: watch::Sender<bool>,
    /// How many connections came while it was held.
    arrived: watch::Sender<usize>,
}

impl SlowNetwork {
    pub(crate) async fn start(database: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let network = Self {
            address: listener.local_addr().unwrap(),
            is_held: watch::Sender::new(false),
            arrived: watch::Sender::new(0),
        };
        let (is_held, arrived) = (network.is_held.clone(), network.arrived.clone());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if *is_held.borrow() {
                    arrived.send_modify(|arrived| *arrived += 1);
                }
                tokio::spawn(carry(near, database, is_held.subscribe()));
            }
        });
        network
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on new connections hear nothing.
    pub(crate) fn hold(&self) {
        self.is_held.send_replace(true);
    }

    /// Returns when so many have come since.
    pub(crate) async fn wait_for(&self, connections: usize) {
        let mut arrived = self.arrived.subscribe();
        let arrived = timeout(PATIENCE, arrived.wait_for(|arrived| *arrived >= connections)).await;
        arrived.unwrap().unwrap();
    }

    pub(crate) fn release(&self) {
        self.is_held.send_replace(false);
    }
}

async fn carry(mut near: TcpStream, database: SocketAddr, mut is_held: watch::Receiver<bool>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((STRANGER, 0))).unwrap();
    let Ok(mut far) = socket.connect(database).await else {
        return;
    };
    let mut byte = [0];
    // Who goes meanwhile has broken off in the middle: nothing was said by this side yet, so all there is to read is the end.
    tokio::select! {
        biased;
        _ = is_held.wait_for(|is_held| !is_held) => {}
        _ = near.peek(&mut byte) => return,
    }
    let _ = copy_bidirectional(&mut near, &mut far).await;
}
