//! Builds the pages of `web/` into the binary; without Node.js, the plain ones of `plain/`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

fn main() {
    for path in ["build.rs", "plain", "queries", "../../Cargo.lock"] {
        println!("cargo::rerun-if-changed={path}");
    }
    // Not the folder itself: `node_modules` lies in it.
    for path in ["build", "src", "index.html", "licenses.html", "package-lock.json", "package.json"] {
        println!("cargo::rerun-if-changed=web/{path}");
    }
    for path in ["playground.html", "schema.html", "tsconfig.json", "vite.config.ts"] {
        println!("cargo::rerun-if-changed=web/{path}");
    }
    println!("cargo::rerun-if-env-changed=EDUMAP_WEB");

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("web");
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let wish = env::var("EDUMAP_WEB").unwrap_or_default();
    let is_required = match wish.as_str() {
        "plain" => return plain(&out),
        "require" => true,
        "" => is_release,
        other => panic!("EDUMAP_WEB is `{other}`; it can be `require` or `plain`"),
    };
    match ready() {
        Ok(()) => bundle(&out),
        Err(problem) if is_required => {
            panic!("the pages cannot be built: {problem}\n(EDUMAP_WEB=plain builds plain ones instead)")
        }
        Err(problem) => {
            println!("cargo::warning={problem}; the binary serves a plain playground instead of the real one");
            plain(&out);
        }
    }
}

/// Makes sure that Node.js is there and that the packages of the lock file are installed.
fn ready() -> Result<(), String> {
    let version = run(Command::new("node").arg("--version")).map_err(|_| "Node.js is not installed".to_owned())?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < 20) {
        return Err(format!("Node.js is {}, and the pages need 20.19 or later", version.trim()));
    }
    let (lock, installed) = (Path::new("web/package-lock.json"), Path::new("web/node_modules/.package-lock.json"));
    let when = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    if when(installed) >= when(lock) {
        return Ok(());
    }
    let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    run(Command::new("npm").args(install).current_dir("web")).map(drop).map_err(|output| {
        let line = output.lines().find(|line| !line.trim().is_empty()).unwrap_or("no word why");
        format!("`npm ci` failed in crates/server/web ({})", line.trim())
    })
}

/// Builds the real pages; sources that do not build are a mistake to be seen.
fn bundle(out: &Path) {
    let build = ["run", "--silent", "build", "--", "--emptyOutDir", "--logLevel=warn", "--outDir"];
    if let Err(output) = run(Command::new("npm").args(build).arg(out).current_dir("web")) {
        panic!("the pages do not build:\n{output}");
    }
}

/// Copies the plain pages.
fn plain(out: &Path) {
    let copy = || -> std::io::Result<()> {
        if out.exists() {
            fs::remove_dir_all(out)?;
        }
        fs::create_dir_all(out)?;
        for entry in fs::read_dir("plain")? {
            let entry = entry?;
            fs::copy(entry.path(), out.join(entry.file_name()))?;
        }
        Ok(())
    };
    copy().expect("the plain pages can be copied");
}

/// What a program prints, or all it said if it failed.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() { Ok(text) } else { Err(text + &String::from_utf8_lossy(&output.stderr)) }
}
