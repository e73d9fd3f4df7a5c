import { expect, it } from "vitest";

import { commitAddress, readCode, webAddress } from "./code";
import { commandLine, environmentPairs, readEnvironment, requirementsOf } from "./environment";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

it.each([
  ["https://github.com/owner/name.git", `https://github.com/owner/name/commit/${COMMIT}`],
  ["git@github.com:owner/name.git", `https://github.com/owner/name/commit/${COMMIT}`],
  ["ssh://git@gitlab.com:22/group/sub/name.git", `https://gitlab.com/group/sub/name/-/commit/${COMMIT}`],
  ["git@bitbucket.org:owner/name", `https://bitbucket.org/owner/name/commits/${COMMIT}`],
  ["https://codeberg.org/owner/name/", `https://codeberg.org/owner/name/commit/${COMMIT}`],
  ["git@internal.example.org:owner/name.git", undefined],
  ["https://github.com/../name", undefined],
  ["javascript:alert(1)//github.com/a", undefined],
  ["/srv/git/name.git", undefined],
  ["", undefined],
])("knows the page of a commit in %s", (remote, page) => {
  expect(commitAddress(remote, COMMIT)).toBe(page);
});

it("makes no link out of what is no commit", () => {
  expect(commitAddress("https://github.com/a/b", "../../x")).toBeUndefined();
  expect(webAddress("https://github.com/a/b.git")).toBe("https://github.com/a/b");
});

it("reads what is there of the facts, and passes over what it cannot read", () => {
  const code = readCode(
    JSON.stringify({
      commit: COMMIT,
      branch: null,
      dirty: true,
      untracked: ["a.py", 3],
      left_out: [{ path: "b.bin", reason: "too large" }, "x"],
      redacted: 2,
    }),
  );

  expect(code).toMatchObject({
    commit: COMMIT,
    branch: undefined,
    isDirty: true,
    hasPatch: false,
    redacted: 2,
  });
  expect(code.untracked).toEqual(["a.py"]);
  expect(code.leftOut).toEqual([{ path: "b.bin", reason: "too large" }]);
  expect(code).toMatchObject({ leftOutCount: 1, notes: [] });
  expect(readCode("[]").commit).toBeUndefined();
});

it("reads an environment, and one that says next to nothing", () => {
  const environment = readEnvironment(
    JSON.stringify({
      command: ["python", "train.py"],
      directory: "",
      python: { version: "3.12.1", implementation: "CPython" },
      platform: { system: "Linux", release: "6.1", machine: "x86_64", distribution: "Debian 12" },
      hardware: { cpu: "Ryzen", cores: 8, memory_bytes: 2 ** 34, gpus: [{ name: "L4", driver: "550" }] },
      packages: [
        { name: "torch", version: "2.5", source: null },
        { name: "attrs", version: "24.1", source: "editable" },
      ],
    }),
  );

  expect(environment).toMatchObject({ python: "CPython 3.12.1", directory: "", cores: 8, script: undefined });
  expect(environment.platform).toBe("Debian 12, Linux 6.1, x86_64");
  expect(environment.packages.map((each) => each.name)).toEqual(["attrs", "torch"]);
  expect(environmentPairs(environment)).toContainEqual({ key: "attrs", value: "24.1 (editable)" });
  expect(readEnvironment("{}")).toMatchObject({ command: [], packages: [], directory: undefined });
});

it("tells a machine without GPUs from one that did not say", () => {
  const gpusOf = (hardware: object) => readEnvironment(JSON.stringify({ hardware })).gpus;

  expect(gpusOf({ gpus: [] })).toEqual([]);
  expect(gpusOf({ gpus: null })).toBeUndefined();
  expect(gpusOf({})).toBeUndefined();
  expect(gpusOf({ gpus: [{ name: "", memory_bytes: null, driver: "550" }] })).toEqual([
    { name: "unknown", memoryBytes: undefined, driver: "550" },
  ]);
});

it("writes a command as it is typed, and packages as they are installed", () => {
  expect(commandLine(["python", "-c", "print('a b')", "--lr=0.1", ""])).toBe(
    `python -c 'print('\\''a b'\\'')' --lr=0.1 ''`,
  );
  expect(
    requirementsOf([
      { name: "a", version: "1", source: undefined },
      { name: "b", version: "2", source: "git+https://github.com/x/b@0123" },
      { name: "c", version: "3", source: "editable" },
      { name: "d", version: "4", source: "https://host/d.zip#subdirectory=part" },
    ]),
  ).toBe(
    "a==1\nb @ git+https://github.com/x/b@0123\n# c==3 (editable)\nd @ https://host/d.zip#subdirectory=part\n",
  );
});
