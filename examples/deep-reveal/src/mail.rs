//! Mail: over SMTP, or written to a folder where there is no mail server.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::config::Mailing;

/// What goes wrong with mail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The sender's address cannot be read.
    #[error("mail sender `{found}` is not an address: expected `Name <user@host>`")]
    Sender {
        /// What was given.
        found: String,
    },
    /// The mail server's URL cannot be used; it may hold a password and is not shown.
    #[error("mail server cannot be used: expected smtps://user:password@host")]
    Server(#[source] lettre::transport::smtp::Error),
    /// The recipient's address cannot be read.
    #[error("mail recipient is not an address")]
    Recipient(#[source] lettre::address::AddressError),
    /// The mail could not be put together.
    #[error("mail could not be written")]
    Message(#[source] lettre::error::Error),
    /// The server did not take the mail.
    #[error("mail server did not take the mail")]
    Smtp(#[source] lettre::transport::smtp::Error),
    /// The folder could not be written to.
    #[error("mail could not be written to {}", path.display())]
    Folder {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Sends mail from one sender.
#[derive(Debug, Clone)]
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

/// How long the mail server may take for one step.
const TIMEOUT: Duration = Duration::from_secs(20);

impl Mailer {
    /// Reads addresses and makes ready; nothing is sent or written yet.
    pub fn new(mailing: &Mailing, from: &str) -> Result<Self, MailError> {
        let from = from.parse().map_err(|_| MailError::Sender { found: from.to_owned() })?;
        let way = match mailing {
            Mailing::Folder(folder) => Way::Folder(folder.clone()),
            Mailing::Smtp(url) => {
                let transport =
                    AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(MailError::Server)?;
                Way::Smtp(transport.timeout(Some(TIMEOUT)).build())
            }
        };
        Ok(Mailer { from, way })
    }

    /// Sends one mail of plain text.
    pub async fn send(&self, to: &str, subject: &str, text: String) -> Result<(), MailError> {
        let to = Mailbox::new(None, to.parse().map_err(MailError::Recipient)?);
        let message = Message::builder().from(self.from.clone()).to(to).subject(subject);
        let message = message
            .message_id(None)
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(MailError::Message)?;
        match &self.way {
            Way::Smtp(transport) => transport.send(message).await.map(|_| ()).map_err(MailError::Smtp),
            Way::Folder(folder) => write(folder.clone(), message.formatted()).await,
        }
    }
}

/// Whether `text` is an e-mail address by its syntax.
#[must_use]
pub(crate) fn is_address(text: &str) -> bool {
    text.parse::<lettre::Address>().is_ok()
}

/// Makes the folder, which only its owner reads, as the links in mails open accounts; tries whether files can be put
/// into it.
pub(crate) fn prepare_folder(folder: &Path) -> Result<(), MailError> {
    let failed = |source| MailError::Folder { path: folder.to_owned(), source };
    make_folder(folder).map_err(failed)?;
    tempfile::NamedTempFile::new_in(folder).map(drop).map_err(failed)
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Only its owner reads the file.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path)?, bytes)
}

/// The file appears whole or not at all.
async fn write(folder: PathBuf, mail: Vec<u8>) -> Result<(), MailError> {
    let name = format!("{}-{:016x}", crate::clock::Clock::System.now(), crate::random::random_seed());
    let (part, path) = (folder.join(format!("{name}.part")), folder.join(format!("{name}.eml")));
    let to = path.clone();
    let work = move || {
        make_folder(&folder)?;
        write_private(&part, &mail)?;
        std::fs::rename(&part, &to)
    };
    let written = tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(std::io::Error::other(e)));
    written.map_err(|source| MailError::Folder { path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_gets_a_file_with_the_text() {
        let folder = tempfile::tempdir().unwrap();
        let mailing = Mailing::Folder(folder.path().join("mail"));
        let mailer = Mailer::new(&mailing, "Deep Reveal <game@example.org>").unwrap();
        mailer.send("ann@example.org", "Nuova città", "Perché no?\n".to_owned()).await.unwrap();
        let files: Vec<_> = std::fs::read_dir(folder.path().join("mail")).unwrap().collect();
        assert_eq!(files.len(), 1);
        let path = files[0].as_ref().unwrap().path();
        assert_eq!(path.extension().unwrap(), "eml");
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains("To: ann@example.org\r\n"), "{text}");
        assert!(text.contains("From: \"Deep Reveal\" <game@example.org>\r\n"), "{text}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_the_owner_reads_mails() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mails = folder.path().join("mails");
        prepare_folder(&mails).unwrap();
        write(mails.clone(), b"a link".to_vec()).await.unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let files: Vec<_> = std::fs::read_dir(&mails).unwrap().map(|e| e.unwrap().path()).collect();
        assert_eq!((files.len(), mode(&files[0]), mode(&mails)), (1, 0o600, 0o700));
        let error = prepare_folder(&files[0]).unwrap_err();
        assert!(error.to_string().contains("mails"), "{error}");
    }

    /// A mail server that takes one mail; what it was told.
    async fn take_one(listener: tokio::net::TcpListener) -> String {
        use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
        let (reading, mut writing) = listener.accept().await.unwrap().0.into_split();
        let (mut lines, mut told, mut in_mail) = (BufReader::new(reading).lines(), String::new(), false);
        writing.write_all(b"220 test\r\n").await.unwrap();
        while let Some(line) = lines.next_line().await.unwrap() {
            let answer = match line.as_str() {
                "." => "250 taken",
                _ if in_mail => "",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "250 fine",
            };
            in_mail = line == "DATA" || in_mail && line != ".";
            told.push_str(&line);
            told.push('\n');
            if !answer.is_empty() {
                writing.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            }
            if line == "." {
                break;
            }
        }
        told
    }

    #[tokio::test]
    async fn a_server_is_told_sender_recipient_and_text() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mailing = Mailing::Smtp(format!("smtp://{}", listener.local_addr().unwrap()));
        let server = tokio::spawn(take_one(listener));
        let mailer = Mailer::new(&mailing, "Deep Reveal <game@example.org>").unwrap();
        mailer.send("ann@example.org", "Subject", "the text\n".to_owned()).await.unwrap();
        let told = server.await.unwrap();
        for line in [
            "MAIL FROM:<game@example.org>",
            "RCPT TO:<ann@example.org>",
            "Subject: Subject\n",
            "\nthe text\n",
        ] {
            assert!(told.contains(line), "{line} in {told}");
        }
        let nobody = mailer.send("ann@example.org", "Subject", String::new()).await;
        assert!(matches!(nobody, Err(MailError::Smtp(_))), "the server is gone");
    }

    #[test]
    fn bad_settings_are_told_without_the_password() {
        let folder = Mailing::Folder(PathBuf::from("mail"));
        assert!(matches!(Mailer::new(&folder, "nobody"), Err(MailError::Sender { .. })));
        let smtp = Mailing::Smtp("ftp://me:secret@host".to_owned());
        let error = Mailer::new(&smtp, "a@example.org").unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[tokio::test]
    async fn a_recipient_cannot_smuggle_headers() {
        let folder = tempfile::tempdir().unwrap();
        let mailer = Mailer::new(&Mailing::Folder(folder.path().into()), "a@example.org").unwrap();
        for to in ["ann@example.org\r\nBcc: eve@example.org", "ann@example.org, eve@example.org", "Ann"] {
            let sent = mailer.send(to, "s", String::new()).await;
            assert!(matches!(sent, Err(MailError::Recipient(_))), "{to}");
            assert!(!is_address(to));
        }
    }
}
