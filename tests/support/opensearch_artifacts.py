"""Fetches and assembles an OpenSearch for tests from its published Maven artefacts, once."""

import fcntl
import shutil
import subprocess
import tempfile
from pathlib import Path

VERSION = "2.19.1"
FETCH_DEADLINE_SECONDS = 300
_DISTRIBUTION = "org.opensearch.distribution.integ-test-zip:opensearch:2.19.1:zip"
_KNN = "org.opensearch.plugin:opensearch-knn:2.19.1.0:zip"
_MODULES = {
    "lang-painless": (
        "org.opensearch.plugin:lang-painless:2.19.1:jar",
        "org.opensearch.plugin:opensearch-scripting-painless-spi:2.19.1:jar",
        "org.antlr:antlr4-runtime:4.13.1:jar",
        "org.ow2.asm:asm:9.7:jar",
        "org.ow2.asm:asm-util:9.7:jar",
        "org.ow2.asm:asm-tree:9.7:jar",
        "org.ow2.asm:asm-commons:9.7:jar",
        "org.ow2.asm:asm-analysis:9.7:jar",
    ),
    "reindex": (
        "org.opensearch.plugin:reindex-client:2.19.1:jar",
        "org.opensearch.client:opensearch-rest-client:2.19.1:jar",
        "org.opensearch:opensearch-ssl-config:2.19.1:jar",
        "org.apache.httpcomponents:httpclient:4.5.14:jar",
        "org.apache.httpcomponents:httpcore:4.4.16:jar",
        "org.apache.httpcomponents:httpcore-nio:4.4.16:jar",
        "org.apache.httpcomponents:httpasyncclient:4.1.5:jar",
        "commons-codec:commons-codec:1.16.1:jar",
        "commons-logging:commons-logging:1.2:jar",
    ),
    "analysis-common": ("org.opensearch.plugin:analysis-common:2.19.1:jar",),
}
"""Modules that the distribution lacks: their jars."""
_CLASSES = {
    "lang-painless": ("org.opensearch.painless.PainlessPlugin", ""),
    "reindex": ("org.opensearch.index.reindex.ReindexPlugin", ""),
    "analysis-common": ("org.opensearch.analysis.common.CommonAnalysisPlugin", "lang-painless"),
}
"""Modules: their main class, and the module that they extend."""
_PAINLESS_POLICY = (
    'grant { permission java.lang.RuntimePermission "createClassLoader"; '
    'permission java.lang.RuntimePermission "getClassLoader"; };\n'
)
_DEPENDENCY = (
    "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version><type>{}</type>"
    "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>"
)
_PROJECT = (
    "<project><modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>opensearch</artifactId>"
    "<version>1</version><packaging>pom</packaging><dependencies>{}</dependencies></project>"
)
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"


class ServerMissing(Exception):
    """The server cannot be assembled or started on this machine; the message says what is lacking."""


def installed(cache: Path) -> Path:
    """Return the server's folder under `cache`, assembling it first when it is not there. Raises: ServerMissing."""
    cache.mkdir(parents=True, exist_ok=True)
    home = cache.resolve() / f"opensearch-{VERSION}"
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.is_dir():
            with tempfile.TemporaryDirectory(dir=home.parent, prefix="build-") as build:
                # Moved last, so that a half-built server is never used.
                _assemble(Path(build)).rename(home)
    return home


def _assemble(build: Path) -> Path:
    got, root = build / "artifacts", build / f"opensearch-{VERSION}"
    _fetch([_DISTRIBUTION, _KNN, *(jar for jars in _MODULES.values() for jar in jars)], got)
    shutil.unpack_archive(_file_of(_DISTRIBUTION, got), build)
    (root / "bin/opensearch").chmod(0o755)
    shutil.unpack_archive(_file_of(_KNN, got), root / "plugins/opensearch-knn")
    for name, jars in _MODULES.items():
        folder = root / "modules" / name
        folder.mkdir()
        for jar in jars:
            shutil.copy(_file_of(jar, got), folder)
        main_class, extends = _CLASSES[name]
        (folder / "plugin-descriptor.properties").write_text(
            f"name={name}\ndescription={name}\nversion={VERSION}\nopensearch.version={VERSION}\n"
            f"java.version=11\nclassname={main_class}\nextended.plugins={extends}\n"
        )
    (root / "modules/lang-painless/plugin-security.policy").write_text(_PAINLESS_POLICY)
    return root


def _file_of(item: str, folder: Path) -> Path:
    _, artifact, version, kind = item.split(":")
    return folder / f"{artifact}-{version}.{kind}"


def _fetch(items: list[str], target: Path) -> None:
    """Copy exactly these artefacts into `target` with one call of Maven, which checks their checksums."""
    mvn = shutil.which("mvn")
    if mvn is None:
        raise ServerMissing("OpenSearch tests need Maven: `mvn` is not on the PATH.")
    target.mkdir()
    project = target / "pom.xml"
    project.write_text(_PROJECT.format("".join(_DEPENDENCY.format(*item.split(":")) for item in items)))
    command = [mvn, "-B", "-q", "--strict-checksums", "-f", str(project), f"-DoutputDirectory={target}", _COPY]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=FETCH_DEADLINE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ServerMissing(f"Maven did not fetch OpenSearch within {FETCH_DEADLINE_SECONDS} s.") from error
    if done.returncode:
        raise ServerMissing(f"Maven could not fetch OpenSearch:\n{(done.stdout + done.stderr)[:3000]}")
