"""What looks like a secret is replaced, and nothing else."""

import json
import subprocess
from pathlib import Path
from time import process_time

import pytest

from runstone.client.redaction import MARK, redact, redact_arguments, redact_patch

BEGIN, END = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"
GITHUB = "ghp_" + "a1B2" * 9
RANDOM = "q7Rf2LxV9bTz4KmW8sYc1HdN6pGj3QaE"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('connect(password="hunter2", user="me")', f'connect(password="{MARK}", user="me")'),
        ("password: str = 'hunter2'", f"password: str = '{MARK}'"),
        ('os.environ["API_KEY"] = "abc123"', f'os.environ["API_KEY"] = "{MARK}"'),
        ('{"client_secret": "a b c"}', f'{{"client_secret": "{MARK}"}}'),
        ('db_password <- "hunter2"', f'db_password <- "{MARK}"'),
        ("postgresql://me:s3cret@db/runs", f"postgresql://me:{MARK}@db/runs"),
        (f"https://{GITHUB}@host/repository", f"https://{MARK}@host/repository"),
        (f"remote {GITHUB}.", f"remote {MARK}."),
        ("github_pat_" + "a" * 30, MARK),
        ("AKIAABCDEFGHIJKLMNOP", MARK),
        ("glpat-abcdefghij0123456789", MARK),
        ("xoxb-1234567890-abc", MARK),
        ("AIza" + "b" * 35, MARK),
        ("sk-" + "c" * 30, MARK),
        ("sk_live_" + "d" * 20, MARK),
        ("sk_test_" + "d1" * 12, MARK),
        ("SG." + "a" * 22 + "." + "b" * 43, MARK),
        ("dapi" + "0f" * 16, MARK),
        ("Cookie: session=abcdefgh; other=12345678", f"Cookie: {MARK}"),
        ("get(url, headers={'Cookie': 'session=abcdefgh'})", f"get(url, headers={{'Cookie': '{MARK}'}})"),
        ("hf_" + "e" * 34, MARK),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.c2lnbmF0dXJl", MARK),
        ("AccountName=a;AccountKey=" + "f" * 40 + ";x=1", f"AccountName=a;AccountKey={MARK};x=1"),
        ("Authorization: Bearer abcdefghijklmnop", f"Authorization: Bearer {MARK}"),
        ("https://host/file?sig=abc&x=1", f"https://host/file?sig={MARK}&x=1"),
        (r'password = "a\"bc" + "d"', f'password = "{MARK}" + "d"'),
        ("password = 'it''s' + 'd'", f"password = '{MARK}' + 'd'"),
        ("password = '''hunter2'''", f"password = '{MARK}'"),
        ('password = "$ecret-1"', f'password = "{MARK}"'),
        (r'"os.environ[\"API_KEY\"] = \"abc\"\n",', rf'"os.environ[\"API_KEY\"] = \"{MARK}\"\n",'),
        ('smtp_pass="hunter2"', f'smtp_pass="{MARK}"'),
        ('{"auths": {"host": {"auth": "bWU6aHVudGVyMg=="}}}', f'{{"auths": {{"host": {{"auth": "{MARK}"}}}}}}'),
        ("postgresql://me:s3@cret@db/runs", f"postgresql://me:{MARK}@db/runs"),
        (f"connect('{RANDOM}')", f"connect('{MARK}')"),
        (f"SETTING={RANDOM}==", f"SETTING={MARK}"),
        (f"{BEGIN}\\nMIIE\\n{END}", f"{BEGIN}{MARK}{END[:8]}"),
    ],
)
def test_secret_is_replaced(text: str, wanted: str) -> None:
    redacted = redact(text, "train.py")

    assert redacted.text.startswith(wanted)
    assert redacted.secrets == 1


@pytest.mark.parametrize(
    "text",
    [
        "password = os.environ['PASSWORD']",
        "token = get_token()",
        "def login(token: str, tries: int = 3):",
        "tokenizer = 'bert-base-uncased'",
        "model(max_tokens=256, key_size='large')",
        "tokenizer.pad_token = '[PAD]'; eos_token = '<|end|>'",
        'password="${DB_PASSWORD}"',
        "git@github.com:team/repository.git",
        "secret = None",
        "api_key=api_key",
        "token = '<your token>'; secret = '%(secret)s'; password = '{password}'; key_token = '$TOKEN'",
        "commit 4f5c1d0e9b8a7f6e5d4c3b2a19087f6e5d4c3b2a of model m-0123456789abcdef0123456789abcdef",
        f"integrity: 'sha256-{RANDOM}AbCdEfGhIjK='",
        "from torchvision.models.detection.FasterRCNN_ResNet50_FPN_V2_Weights import COCO_V1_Weights_Of2024",
        "/data/team/Projects/ForecastOfDemand2/lightning_logs/version_12/checkpoints",
        "SIGNS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'",
        f"image = '{RANDOM * 5}'",
        "forward_pass = 'first'; author = {'auth': 'none'}",
        "from sk_test_utils import sk_test_mean_absolute_error; cookie: str=default_cookie",
    ],
)
def test_program_keeps_what_is_no_secret(text: str) -> None:
    assert redact(text, "train.py") == (text, 0)


def test_bare_word_is_a_secret_in_settings_only() -> None:
    assert redact("password: hunter2!", "settings.yaml").text == f"password: {MARK}"
    assert redact("PASSWORD=hunter2!", "run.sh").text == f"PASSWORD={MARK}"
    assert redact("password: ab#hunter2  # of the test", "settings.yaml").text == f"password: {MARK}  # of the test"
    assert redact("connect(password=hunter2)", "train.py").secrets == 0


def test_private_key_keeps_its_lines_and_nothing_of_the_key() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEabcdefghijkl\nmnop==\n-----END RSA PRIVATE KEY-----\nafter = 1"

    redacted = redact(key)

    assert redacted.text == f"-----BEGIN RSA PRIVATE KEY-----\n{MARK}\n{MARK}\n-----END RSA PRIVATE KEY-----\nafter = 1"
    assert redacted.secrets == 1


@pytest.mark.parametrize("header", ["", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"])
@pytest.mark.parametrize("begin", ["-----BEGIN RSA PRIVATE KEY-----\n", ""])
def test_private_key_is_known_by_either_end(header: str, begin: str) -> None:
    redacted = redact(f"before = 1\n\n{begin}{header}MIIEabcdefghijkl\nmnop==\n=AbCd\n-----END RSA PRIVATE KEY-----\n")

    assert redacted.text == (f"before = 1\n\n{begin}{header}{MARK}\n{MARK}\n{MARK}\n-----END RSA PRIVATE KEY-----\n")


def test_line_that_git_shows_for_orientation_is_searched_too() -> None:
    patch = '@@ -10,3 +10,3 @@ PASSWORD = "hunter2"\n a\n-b\n+c\n'
    head = "diff --git a/a b.py b/a b.py\n--- a/a b.py\t\n+++ b/a b.py\t\n"

    assert redact_patch(head + patch) == (head + patch.replace("hunter2", MARK), 1)
    assert redact_patch(f"{head}@@ -1 +1 @@\n-a\n+login(password=settings_x)\n").secrets == 0


def test_secret_is_found_anywhere_in_a_long_line() -> None:
    filler = "iVBORw0KGgo" * 743  # so that secrets lie across the limits of what is searched at once
    text = " ".join([filler, "password='hunter2'"] * 9)

    redacted = redact(text, "notebook.ipynb")

    assert redacted.secrets == 9
    assert "hunter2" not in redacted.text


@pytest.mark.parametrize(
    "part",
    [
        "token: ",
        '"token": "t1", "text": "some words", ',
        "token=1&",
        "https://me:secret@host ",
        f"{RANDOM} ",
        "key: x ",
    ],
)
def test_line_of_any_length_takes_as_long_as_its_parts(part: str) -> None:
    def seconds(text: str) -> float:
        def once() -> float:
            begin = process_time()
            redact(text, "settings.json")
            return process_time() - begin

        return min(once() for _ in range(2))

    short = part * (80_000 // len(part))

    assert seconds(short * 8) < 8 * 3 * seconds(short) + 0.05


def test_secrets_of_one_long_line_are_those_of_its_lines() -> None:
    rows = [{"id": row, "token": f"t{row:05d}", "text": f"some words {row}"} for row in range(2000)]

    lines = redact(json.dumps(rows, indent=0))
    line = redact(json.dumps(rows))

    assert json.loads(line.text) == json.loads(lines.text) == [row | {"token": MARK} for row in rows]
    assert line.secrets == lines.secrets == len(rows)


def test_two_secrets_without_anything_between_are_both_replaced() -> None:
    assert redact("AIza" + "b" * 35 + "AIza" + "c" * 35) == (MARK * 2, 2)


def test_text_without_half_characters_comes_back_as_it_was() -> None:
    text = b"caf\xe9 \xff\r\nx\r\n".decode(errors="surrogateescape")

    assert redact(text) == (text, 0)


def test_arguments_after_a_secret_option_are_replaced() -> None:
    command = ["python", "train.py", "--password", "x", "--api-key=abc12345", "--token", "--lr", "1", "db.pwd=a, b"]

    assert redact_arguments(command) == [
        "python",
        "train.py",
        "--password",
        MARK,
        f"--api-key={MARK}",
        "--token",
        "--lr",
        "1",
        f"db.pwd={MARK}",
    ]


def test_option_that_is_no_secret_stays_so_that_the_run_can_be_done_again() -> None:
    command = ["train.py", "--use-auth-token=true", "--eos-token=2", "--pad-token=<pad>", "--token=", "a=b=c"]
    command += ["--bos-token", "1", "--unk-token", "[UNK]"]

    assert redact_arguments(command) == command
    assert redact_arguments(["--password=12345", "--pwd", "1"]) == [f"--password={MARK}", "--pwd", MARK]


@pytest.mark.parametrize("option", ["pass", "key", "openai-key", "wandb_key", "db-pw", "password1", "secret-key-base"])
def test_option_that_is_a_secret_under_another_name_is_replaced(option: str) -> None:
    assert redact_arguments([f"--{option}", "x", f"--{option}=x"]) == [f"--{option}", MARK, f"--{option}={MARK}"]


def test_login_is_a_secret_and_its_kind_is_none() -> None:
    assert redact_arguments(["--auth", "bob:x", "--http-auth=bob:x"]) == ["--auth", MARK, f"--http-auth={MARK}"]
    command = ["--auth", "basic", "--no-auth", "train:all", "--auth=https://host/login"]
    assert redact_arguments(command) == command


@pytest.mark.parametrize("value", ["-abc", "--x!", "-1", "<x>", "[x]", "(x", "$x"])
def test_password_may_begin_with_any_sign(value: str) -> None:
    assert redact_arguments(["--password", value, "--lr"]) == ["--password", MARK, "--lr"]
    assert redact_arguments([f"--password={value}"]) == [f"--password={MARK}"]


def test_setting_that_is_added_is_one() -> None:
    command = ["+wandb.api_key=abc", "++wandb.key=abc", "db.password=${oc.env:PW}", "+data.key=image"]

    assert redact_arguments(command) == [f"+wandb.api_key={MARK}", f"++wandb.key={MARK}", *command[2:]]


def test_name_that_only_sounds_like_a_secret_stays() -> None:
    command = ["--sort-key", "name", "--primary-key", "id", "--key-column", "x", "--token-limit", "100"]
    command += ["--max-tokens", "5", "--image-key", "img_0", "--forward-pass", "first", "--low-pass=0.5", "--pass", "2"]
    command += ["--key=3", "--pw", "0.3", "--password", "--lr", "1", "--token", "-v", "--pad-token", "-1"]

    assert redact_arguments(command) == command


NUMBERS = ["2.345678", "12.345678", "0.00012345", "-1234.5678", "1.25e-07", "1e-10", ".1234567", "12345.678901234567"]
INTEGERS = ["123456", "1000000", "1_000_000", "-1234567", "12345678901234567890"]
COUNTS = [
    "num_token",
    "max_token",
    "n_token",
    "min-token",
    "cost_per_token",
    "ms per token",
    "maxToken",
    "costPerToken",
]
COUNTS += ["max_new_token", "number_of_token", "total_token", "pad_token", "eos-token", "train.num_token", "MAX_TOKEN"]
TOKENS = ["token", "auth_token", "access_token", "api-token", "TOKEN", "bot_token", "botToken", "admin_token"]
OTHERS = ["password", "db_pass", "api_key", "secret", "passwd", "access_key", "num_password", "max_secret"]


@pytest.mark.parametrize(
    "form", ["{}: {}", "{} = {}", "{}={}", '"{}": "{}"', "[3/9, {}={}]", "x {}: {}. y", "({}={}ms)"]
)
def test_measure_is_no_token_and_a_count_is_none(form: str) -> None:
    texts = [form.format(name, number) for name in COUNTS + TOKENS for number in NUMBERS]
    texts += [form.format(name, number) for name in COUNTS for number in INTEGERS]

    assert [redact(text, "cfg.yaml") for text in texts] == [(text, 0) for text in texts]


@pytest.mark.parametrize(
    "form", ["{}: {}", "{} = {}", "{}={}", '"{}": "{}"', "[3/9, {}={}", "cost_per_token=1.5 {}={}"]
)
def test_number_that_may_be_a_secret_is_replaced(form: str) -> None:
    secrets = [(name, number) for name in TOKENS for number in ["1234567", "12345678901234567890"]]
    secrets += [(name, number) for name in OTHERS for number in ["1234567", "1234.5678", "1.25e-07"]]

    assert {redact(form.format(*secret), "cfg.yaml").text.replace(MARK, "") for secret in secrets} == {
        form.format(name, "") for name, _ in secrets
    }


@pytest.mark.parametrize("value", ["12.34.56.78", "1234567.8x9y", "0x1234567", "1234567-89", "12e4567890", "1234567."])
def test_what_only_begins_as_a_number_is_a_token(value: str) -> None:
    assert redact(f"token: {value}").secrets == 1
    assert redact_arguments(["--token", value, f"--token={value}"]) == ["--token", MARK, f"--token={MARK}"]


def test_number_of_a_tensor_or_in_a_colour_stays() -> None:
    for text in ["loss_per_token: tensor(2.345678)", "loss_per_token: \x1b[32m2.345678\x1b[0m", "token: nan, 1.5"]:
        assert redact(text) == (text, 0)


def test_options_that_count_and_measure_tokens_keep_their_numbers() -> None:
    names = [f"--{name.replace(' ', '-')}" for name in COUNTS]
    command = [word for name in names for number in NUMBERS + INTEGERS for word in (name, number, f"{name}={number}")]

    assert redact_arguments(command) == command
    for name in ["--token", "--auth-token", "--access_token", "--api-key", "--password", "--pass", "--num-password"]:
        assert redact_arguments([name, "1234567", f"{name}=1234567"]) == [name, MARK, f"{name}={MARK}"]
    assert redact_arguments(["--password", "1.25e-07", "--api-key=0.00012345"]) == [
        "--password",
        MARK,
        f"--api-key={MARK}",
    ]


def test_word_after_credentials_says_how_to_log_in() -> None:
    texts = ["credentials: none_configured", "credentials = application_default", "AWS credential: profile"]

    assert [redact(text).text for text in texts] == texts
    assert redact_arguments(["--credentials", "none_configured"]) == ["--credentials", "none_configured"]
    for value in ["hunter2", "Hunter_xy", "a-b-c-d", "abc:defg", "s3cr3t_word"]:
        assert redact(f"credentials: {value}").text == f"credentials: {MARK}"
    for name in ["password", "secret", "token", "api_key"]:
        assert redact(f"{name}: none_configured").text == f"{name}: {MARK}"


def test_redacted_patch_can_be_applied(tmp_path: Path) -> None:
    def git(*arguments: str, input: bytes | None = None) -> bytes:
        return subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments],
            cwd=tmp_path,
            input=input,
            capture_output=True,
            check=True,
        ).stdout

    git("init", "-q")
    (tmp_path / "train.py").write_text("a = 1\n")
    (tmp_path / "weights.bin").write_bytes(bytes(range(256)) * 40)
    git("add", ".")
    git("commit", "-q", "-m", "first")
    (tmp_path / "train.py").write_text(f"a = 1\npassword = 'hunter2'\ntoken = '{GITHUB}'\n")
    (tmp_path / "weights.bin").write_bytes(bytes(range(255, -1, -1)) * 44)
    changed = (tmp_path / "weights.bin").read_bytes()
    patch = git("diff", "--binary").decode()

    redacted = redact_patch(patch)
    git("checkout", ".")
    git("apply", input=redacted.text.encode())

    assert redacted.secrets == 2
    assert (tmp_path / "train.py").read_text() == f"a = 1\npassword = '{MARK}'\ntoken = '{MARK}'\n"
    assert (tmp_path / "weights.bin").read_bytes() == changed
