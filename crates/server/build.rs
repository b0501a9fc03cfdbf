//! Builds the pages of `web/` into the binary; without Node.js, the plain ones of `plain/`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

fn main() {
    for path in ["build.rs", "licenses.json", "plain", "queries", "texts"] {
        println!("cargo::rerun-if-changed={path}");
    }
    // Not the folder itself: `node_modules` lies in it.
    for path in ["build", "src", "documents.html", "licenses.html", "package-lock.json", "package.json"] {
        println!("cargo::rerun-if-changed=web/{path}");
    }
    for path in ["playground.html", "schema.html", "tsconfig.json", "vite.config.ts"] {
        println!("cargo::rerun-if-changed=web/{path}");
    }
    println!("cargo::rerun-if-env-changed=EDUMAP_WEB");

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("web");
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let is_required = match env::var("EDUMAP_WEB").unwrap_or_default().as_str() {
        "plain" => return copy_plain_pages(&out),
        "require" => true,
        "" => is_release,
        other => panic!("EDUMAP_WEB is `{other}`; it can be `require` or `plain`"),
    };
    match check_node().and_then(|()| install_packages()).and_then(|()| bundle_pages(&out)) {
        Ok(()) => {}
        Err(problem) if is_required => {
            panic!("the pages cannot be built: {problem}\n(EDUMAP_WEB=plain builds plain ones instead)")
        }
        Err(problem) => {
            println!("cargo::warning={}; the binary serves plain pages instead", problem.replace('\n', " "));
            copy_plain_pages(&out);
        }
    }
}

/// Finds Node.js, in a version that can build the pages.
fn check_node() -> Result<(), String> {
    let version = run(Command::new("node").arg("--version")).map_err(|_| "Node.js is not installed".to_owned())?;
    let mut numbers = version.trim().trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    let version_of = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if version_of < (20, 19) {
        return Err(format!("Node.js is {}, and the pages need 20.19 or later", version.trim()));
    }
    Ok(())
}

/// Installs the packages of the lock file, unless they are there.
fn install_packages() -> Result<(), String> {
    let (lock, installed) = (Path::new("web/package-lock.json"), Path::new("web/node_modules/.package-lock.json"));
    let modified = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    if modified(installed) >= modified(lock) {
        return Ok(());
    }
    let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    run(Command::new("npm").args(install).current_dir("web"))
        .map(drop)
        .map_err(|output| format!("`npm ci` failed in crates/server/web: {}", first_error(&output)))
}

/// Builds the real pages.
fn bundle_pages(out: &Path) -> Result<(), String> {
    let build = ["run", "--silent", "build", "--", "--emptyOutDir", "--logLevel=warn", "--outDir"];
    run(Command::new("npm").args(build).arg(out).current_dir("web"))
        .map(drop)
        .map_err(|output| format!("`npm run build` failed in crates/server/web: {}", first_error(&output)))
}

/// Copies the plain pages, and the licenses of the crates beside them.
fn copy_plain_pages(out: &Path) {
    let copy = || -> std::io::Result<()> {
        if out.exists() {
            fs::remove_dir_all(out)?;
        }
        fs::create_dir_all(out)?;
        for entry in fs::read_dir("plain")? {
            let entry = entry?;
            fs::copy(entry.path(), out.join(entry.file_name()))?;
        }
        fs::copy("licenses.json", out.join("licenses.json")).map(drop)
    };
    copy().expect("the plain pages can be copied");
}

/// The first line that names an error, with the one behind it if it only announces it.
fn first_error(output: &str) -> String {
    let mut lines = output.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut rest = lines.clone().skip_while(|line| !line.to_ascii_lowercase().contains("error"));
    match rest.next().or_else(|| lines.next()) {
        Some(line) if line.ends_with(':') => rest.next().map_or(line.to_owned(), |next| format!("{line}\n{next}")),
        Some(line) => line.to_owned(),
        None => "it printed nothing".to_owned(),
    }
}

/// What a program prints, or all that it printed if it failed.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() { Ok(text) } else { Err(text + &String::from_utf8_lossy(&output.stderr)) }
}
