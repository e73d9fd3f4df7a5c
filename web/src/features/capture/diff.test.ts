import { expect, it } from "vitest";

import { readDiff } from "./diff";

const PATCH = `diff --git a/train.py b/train.py
index 1111111..2222222 100644
--- a/train.py
+++ b/train.py
@@ -1,3 +1,3 @@ def train():
 import os
--- not a head
+rate = 2
 last
\\ No newline at end of file
@@ -10 +10,2 @@
 x
+y
diff --git a/old name.py b/new name.py
similarity index 100%
rename from old name.py
rename to new name.py
diff --git "a/gr\\303\\274n.py" "b/gr\\303\\274n.py"
new file mode 100644
index 0000000..3333333
--- /dev/null
+++ "b/gr\\303\\274n.py"
@@ -0,0 +1 @@
+1
diff --git a/gone.txt b/gone.txt
deleted file mode 100644
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
-1
diff --git a/a.png b/a.png
index 4444444..5555555 100644
GIT binary patch
literal 8
PcmZQz@@ -1 +1 @@
diff --git a/b.bin b/b.bin
Binary files a/b.bin and b/b.bin differ
`;

it("reads every kind of change", () => {
  const files = readDiff(PATCH);

  expect(
    files.map(({ path, change, isBinary, added, removed }) => [path, change, isBinary, added, removed]),
  ).toEqual([
    ["train.py", "changed", false, 2, 1],
    ["new name.py", "renamed", false, 0, 0],
    ["grün.py", "added", false, 1, 0],
    ["gone.txt", "deleted", false, 0, 1],
    ["a.png", "changed", true, 0, 0],
    ["b.bin", "changed", true, 0, 0],
  ]);
  expect(files[1]?.from).toBe("old name.py");
});

it("numbers the lines, and takes those of a hunk for no head of a file", () => {
  const [first, second] = readDiff(PATCH)[0]?.hunks ?? [];

  expect(first?.place).toBe("def train():");
  expect(first?.lines.map(({ kind, text, before, after }) => [kind, text, before, after])).toEqual([
    ["same", "import os", 1, 1],
    ["removed", "-- not a head", 2, undefined],
    ["added", "rate = 2", undefined, 2],
    ["same", "last", 3, 3],
    ["note", "No newline at end of file", undefined, undefined],
  ]);
  expect(second?.isAtTop).toBe(false);
  expect(second?.lines[1]).toMatchObject({ kind: "added", after: 11 });
});

it("knows the hunks that nothing stands before, of files that are new or gone too", () => {
  const tops = readDiff(PATCH).map(({ path, hunks }) => [path, ...hunks.map((hunk) => hunk.isAtTop)]);

  expect(tops).toEqual([
    ["train.py", true, false],
    ["new name.py"],
    ["grün.py", true],
    ["gone.txt", true],
    ["a.png"],
    ["b.bin"],
  ]);
});

it("reads as much as there is of a patch that was cut", () => {
  const cut = PATCH.slice(0, PATCH.indexOf("rate = 2"));

  expect(readDiff(cut)[0]).toMatchObject({ path: "train.py", added: 1, removed: 1 });
  expect(readDiff("no diff at all")).toEqual([]);
});
