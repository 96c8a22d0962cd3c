//! WAV files of any rate, depth and channel count in; 16-bit mono WAV files out.

use super::{AudioError, Pcm, SAMPLE_RATE};
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};
use std::fs::File;
use std::io::{BufReader, BufWriter, Cursor, Read, Seek, Write};
use std::path::Path;

/// Programs that write to a pipe can't know the length and put about this much into the header.
const LENGTH_UNKNOWN_BYTES: u64 = 0x7fff_0000;

/// Reads a WAV file (8, 16, 24 or 32 bit integers or 32 bit floats, any rate, any number of channels) as 16 kHz mono.
///
/// # Errors
/// A sentence when the file is missing, is no WAV file, ends too early or holds no samples.
pub fn read_wav(path: &Path) -> Result<Pcm, AudioError> {
    read_wav_as_is(path)?.at_rate(SAMPLE_RATE)
}

/// Reads a WAV file as mono at its own rate.
///
/// # Errors
/// As [`read_wav`].
pub fn read_wav_as_is(path: &Path) -> Result<Pcm, AudioError> {
    let file = File::open(path).map_err(|why| AudioError::Open { path: path.to_owned(), why })?;
    mono(BufReader::new(file), &path.display().to_string())
}

/// Reads the bytes of a WAV file as mono at its own rate.
///
/// # Errors
/// As [`read_wav`].
pub fn decode_wav(bytes: &[u8]) -> Result<Pcm, AudioError> {
    mono(Cursor::new(bytes), "the WAV data")
}

fn mono(input: impl Read, place: &str) -> Result<Pcm, AudioError> {
    let broken = |why: String| AudioError::Broken { place: place.to_owned(), why };
    let mut reader = WavReader::new(input).map_err(|error| broken(explain(&error)))?;
    let spec = reader.spec();
    if spec.channels == 0 || spec.sample_rate == 0 {
        return Err(broken(format!("its header says {} channels at {} Hz", spec.channels, spec.sample_rate)));
    }
    let declared_bytes = u64::from(reader.len()) * u64::from(spec.bits_per_sample.div_ceil(8));
    let open_ended = declared_bytes >= LENGTH_UNKNOWN_BYTES;
    let samples = match spec.sample_format {
        SampleFormat::Float => collect(reader.samples::<f32>(), open_ended, |sample| sample),
        SampleFormat::Int => {
            let scale = 1.0 / (1_i64 << (spec.bits_per_sample.clamp(1, 32) - 1)) as f32;
            collect(reader.samples::<i32>(), open_ended, move |sample| sample as f32 * scale)
        }
    };
    let samples = samples.map_err(|error| broken(explain(&error)))?;
    let channels = usize::from(spec.channels);
    let mixed: Vec<f32> = samples.chunks_exact(channels).map(mix).collect();
    if mixed.is_empty() {
        return Err(AudioError::Empty { place: place.to_owned() });
    }
    Ok(Pcm::new(mixed, spec.sample_rate))
}

/// All samples as floats. Where the header could not know the length, the end of the file is the end of the sound.
fn collect<S>(
    samples: impl Iterator<Item = Result<S, hound::Error>>,
    open_ended: bool,
    to_float: impl Fn(S) -> f32,
) -> Result<Vec<f32>, hound::Error> {
    let mut all = Vec::new();
    for sample in samples {
        match sample {
            Ok(sample) => all.push(to_float(sample)),
            Err(_) if open_ended => break,
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

/// The mean of the channels; what is not a number is silence, what is too loud is cut.
fn mix(channels: &[f32]) -> f32 {
    let mean = channels.iter().sum::<f32>() / channels.len().max(1) as f32;
    if mean.is_finite() { mean.clamp(-1.0, 1.0) } else { 0.0 }
}

fn explain(error: &hound::Error) -> String {
    match error {
        hound::Error::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => "the file is cut off".into(),
        // hound reports a short read of samples as an error of the kind `Other`.
        hound::Error::IoError(io) if io.kind() == std::io::ErrorKind::Other => "the file is cut off".into(),
        hound::Error::IoError(io) => io.to_string(),
        hound::Error::FormatError(what) => format!("its structure is damaged ({what})"),
        hound::Error::Unsupported | hound::Error::TooWide | hound::Error::InvalidSampleFormat => {
            "its kind of samples is not supported (only PCM of 8, 16, 24 or 32 bits, or 32 bit floats)".into()
        }
        hound::Error::UnfinishedSample => "the last sample is incomplete".into(),
    }
}

/// Writes a 16-bit mono WAV file at the rate of `pcm`.
///
/// # Errors
/// When the file can't be created or the disk is full.
pub fn write_wav(path: &Path, pcm: &Pcm) -> Result<(), AudioError> {
    let fail = |why: String| AudioError::Write { path: path.to_owned(), why };
    let file = File::create(path).map_err(|error| fail(error.to_string()))?;
    encode(BufWriter::new(file), pcm).map_err(|error| fail(error.to_string()))
}

/// The bytes of a 16-bit mono WAV file at the rate of `pcm`.
///
/// # Errors
/// When the sound is longer than a WAV file can be (4 GB).
pub fn encode_wav(pcm: &Pcm) -> Result<Vec<u8>, AudioError> {
    let mut bytes = Cursor::new(Vec::new());
    encode(&mut bytes, pcm)
        .map_err(|error| AudioError::Broken { place: "the WAV data".into(), why: error.to_string() })?;
    Ok(bytes.into_inner())
}

fn encode(output: impl Write + Seek, pcm: &Pcm) -> Result<(), hound::Error> {
    let spec =
        WavSpec { channels: 1, sample_rate: pcm.rate.max(1), bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut writer = WavWriter::new(output, spec)?;
    for sample in &pcm.samples {
        writer.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16)?;
    }
    writer.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A WAV file in memory: a 440 Hz tone of half a second at half loudness in every channel.
    fn tone_wav(rate: u32, channels: u16, bits: u16, format: SampleFormat) -> Vec<u8> {
        let spec = WavSpec { channels, sample_rate: rate, bits_per_sample: bits, sample_format: format };
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
        for n in 0..rate / 2 {
            let value = (n as f32 * std::f32::consts::TAU * 440.0 / rate as f32).sin() * 0.5;
            for _ in 0..channels {
                match format {
                    SampleFormat::Float => writer.write_sample(value).unwrap(),
                    SampleFormat::Int => {
                        let full = (1_i64 << (bits - 1)) as f32 - 1.0;
                        writer.write_sample((value * full) as i32).unwrap();
                    }
                }
            }
        }
        writer.finalize().unwrap();
        bytes.into_inner()
    }

    fn loudness(pcm: &Pcm) -> f32 {
        (pcm.samples.iter().map(|s| s * s).sum::<f32>() / pcm.samples.len() as f32).sqrt()
    }

    #[test]
    fn every_rate_depth_and_channel_count_becomes_16_khz_mono() {
        let folder = tempfile::tempdir().unwrap();
        for rate in [8_000, 16_000, 22_050, 44_100, 48_000] {
            for channels in [1, 2, 6] {
                for (bits, format) in [
                    (8, SampleFormat::Int),
                    (16, SampleFormat::Int),
                    (24, SampleFormat::Int),
                    (32, SampleFormat::Int),
                    (32, SampleFormat::Float),
                ] {
                    let path = folder.path().join("tone.wav");
                    std::fs::write(&path, tone_wav(rate, channels, bits, format)).unwrap();
                    let pcm = read_wav(&path).unwrap();
                    assert_eq!(pcm.rate, SAMPLE_RATE);
                    assert!(pcm.duration_ms().abs_diff(500) <= 1, "{rate} {channels} {bits}: {}", pcm.duration_ms());
                    assert!((loudness(&pcm) - 0.3535).abs() < 0.02, "{rate} {channels} {bits}: {}", loudness(&pcm));
                }
            }
        }
    }

    #[test]
    fn a_missing_file_says_which_one() {
        let error = read_wav(Path::new("/nowhere/at/all.wav")).unwrap_err().to_string();
        assert!(error.contains("/nowhere/at/all.wav") && error.contains("Check the name"), "{error}");
    }

    #[test]
    fn broken_files_are_refused_wherever_they_break() {
        let good = tone_wav(8_000, 2, 24, SampleFormat::Int);
        for length in [0, 3, 11, 20, 36, 43, 60, 1_001, good.len() - 1] {
            let error = decode_wav(&good[..length]).expect_err(&format!("{length} bytes were taken")).to_string();
            assert!(error.contains("not a WAV file") && error.contains("ffmpeg"), "{length}: {error}");
        }
        for junk in
            [&b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\0\0\0\0\0\0"[..], b"ID3\x04 this is an mp3", &[0; 64]]
        {
            assert!(matches!(decode_wav(junk), Err(AudioError::Broken { .. })));
        }
    }

    #[test]
    fn no_samples_is_another_sentence() {
        let empty = encode_wav(&Pcm::new(vec![], 16_000)).unwrap();
        let error = decode_wav(&empty).unwrap_err();
        assert!(matches!(error, AudioError::Empty { .. }), "{error}");
        assert!(error.to_string().contains("no sound at all"));
    }

    #[test]
    fn a_header_from_a_pipe_does_not_know_the_length() {
        let mut bytes = encode_wav(&Pcm::new(vec![0.25; 500], 22_050)).unwrap();
        bytes[4..8].copy_from_slice(&0x7fff_f024_u32.to_le_bytes());
        bytes[40..44].copy_from_slice(&0x7fff_f000_u32.to_le_bytes());
        assert_eq!(decode_wav(&bytes).unwrap().samples.len(), 500);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let pcm = Pcm::new(vec![0.0, 0.5, -0.5, 1.0, -1.0, 3.0], 24_000);
        write_wav(&path, &pcm).unwrap();
        let back = read_wav_as_is(&path).unwrap();
        assert_eq!(back.rate, 24_000);
        for (was, is) in pcm.samples.iter().zip(&back.samples) {
            assert!((was.clamp(-1.0, 1.0) - is).abs() < 1e-4);
        }
        let error = write_wav(Path::new("/nowhere/at/all.wav"), &pcm).unwrap_err().to_string();
        assert!(error.contains("/nowhere/at/all.wav"), "{error}");
    }

    #[test]
    fn floats_that_are_no_numbers_are_silence() {
        let spec =
            WavSpec { channels: 1, sample_rate: 16_000, bits_per_sample: 32, sample_format: SampleFormat::Float };
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
        for value in [f32::NAN, f32::INFINITY, 7.0] {
            writer.write_sample(value).unwrap();
        }
        writer.finalize().unwrap();
        assert_eq!(decode_wav(&bytes.into_inner()).unwrap().samples, [0.0, 0.0, 1.0]);
    }
}
