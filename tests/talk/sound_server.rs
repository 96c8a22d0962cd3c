//! A sound server of one's own, with no sound card: what is played into `microphone` is what programs record, and what they
//! play can be recorded.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything of it may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// What it records at, in samples per second.
pub const RATE: u32 = 16_000;

/// PulseAudio as a process of its own, in a folder of its own. Ends when it is dropped.
pub struct SoundServer {
    daemon: Child,
    folder: PathBuf,
}

impl SoundServer {
    /// Starts it in an empty folder, or says why this machine can't.
    pub fn start(folder: &Path) -> Result<Self, String> {
        let missing = ["pulseaudio", "pactl", "paplay", "parec"].into_iter().find(|program| !is_there(program));
        if let Some(program) = missing {
            return Err(format!("there is no `{program}`: apt install pulseaudio pulseaudio-utils libasound2-plugins"));
        }
        std::fs::create_dir_all(folder.join("run")).map_err(|why| why.to_string())?;
        let mut server = SoundServer { daemon: daemon(folder)?, folder: folder.to_owned() };
        server.make_ready()?;
        Ok(server)
    }

    /// Ends it, and with it every microphone and loudspeaker.
    pub fn fail(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }

    /// Starts it anew.
    pub fn recover(&mut self) {
        let _ = std::fs::remove_file(self.folder.join("socket"));
        self.daemon = daemon(&self.folder).unwrap();
        self.make_ready().unwrap();
    }

    fn make_ready(&mut self) -> Result<(), String> {
        let began = Instant::now();
        while self.pactl(&["info"]).is_err() {
            let ended = self.daemon.try_wait().ok().flatten();
            if ended.is_some() || began.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(self.folder.join("pulseaudio.log")).unwrap_or_default();
                return Err(format!("pulseaudio does not run here: {log}"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.pactl(&["load-module", "module-null-sink", "sink_name=room", "rate=48000", "channels=1"])?;
        let source =
            ["master=room.monitor", "source_name=microphone", "source_properties=device.description=microphone"];
        self.pactl(&[&["load-module", "module-remap-source"][..], &source[..]].concat())?;
        self.pactl(&["set-default-source", "microphone"])?;
        self.pactl(&["set-default-sink", "loudspeaker"]).map(drop)
    }

    /// From now on the microphone stands where the loudspeaker can be heard.
    pub fn put_into_one_room(&self) {
        let echo = ["module-loopback", "source=loudspeaker.monitor", "sink=room", "latency_msec=60"];
        self.pactl(&[&["load-module"][..], &echo[..]].concat()).unwrap();
    }

    /// Lets `command` use this server, as its only sound.
    pub fn lend(&self, command: &mut Command) {
        command.env("PULSE_SERVER", format!("unix:{}", self.folder.join("socket").display()));
        with_home(command, &self.folder);
    }

    /// Plays a file into the room, to its end.
    pub fn play(&self, file: &Path) {
        let mut command = Command::new("paplay");
        self.lend(&mut command);
        let status = command.arg("--device=room").arg(file).stdin(Stdio::null()).status().unwrap();
        assert!(status.success(), "{} could not be played", file.display());
    }

    /// Begins to record what comes out of the loudspeaker.
    pub fn record(&self) -> Recording {
        let file = self.folder.join("recorded.raw");
        let mut command = Command::new("parec");
        self.lend(&mut command);
        let rate = format!("--rate={RATE}");
        command.args(["--device=loudspeaker.monitor", "--format=s16le", "--channels=1", "--raw", "--latency-msec=50"]);
        command.arg(rate).stdin(Stdio::null()).stdout(File::create(&file).unwrap()).stderr(Stdio::null());
        Recording { program: command.spawn().unwrap(), file }
    }

    fn pactl(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new("pactl");
        self.lend(&mut command);
        let output = command.args(arguments).stdin(Stdio::null()).output().map_err(|why| why.to_string())?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(format!("pactl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr))),
        }
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        self.fail();
    }
}

/// What comes out of the loudspeaker, as it comes.
pub struct Recording {
    program: Child,
    file: PathBuf,
}

impl Recording {
    /// Everything up to now: samples at [`RATE`], each between -1.0 and 1.0.
    pub fn samples(&self) -> Vec<f32> {
        let mut bytes = Vec::new();
        File::open(&self.file).unwrap().read_to_end(&mut bytes).unwrap();
        bytes.chunks_exact(2).map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0).collect()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// The server's own process.
fn daemon(folder: &Path) -> Result<Child, String> {
    let socket = format!("module-native-protocol-unix socket={} auth-anonymous=1", folder.join("socket").display());
    let mut command = Command::new("pulseaudio");
    command.args(["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit=yes"]);
    command.args(["--high-priority=no", "--realtime=no", "-L", &socket]);
    command.args(["-L", "module-null-sink sink_name=loudspeaker rate=48000 channels=2"]);
    with_home(&mut command, folder);
    command.env_remove("PULSE_SERVER").stdin(Stdio::null()).stdout(Stdio::null());
    let log = File::create(folder.join("pulseaudio.log")).map_err(|why| why.to_string())?;
    command.stderr(log).spawn().map_err(|why| format!("pulseaudio does not start: {why}"))
}

fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Settings of this folder alone: nobody's own sound is touched, and ALSA plays through the server.
fn with_home(command: &mut Command, folder: &Path) {
    let alsa = "pcm.!default { type pulse }\nctl.!default { type pulse }\n";
    std::fs::write(folder.join(".asoundrc"), alsa).unwrap();
    command
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_RUNTIME_DIR", folder.join("run"));
    command.env("PULSE_RUNTIME_PATH", folder.join("run")).env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("DISPLAY");
}
