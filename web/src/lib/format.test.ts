import { describe, expect, it } from "vitest";

import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatMemory,
  formatNumber,
  toNumber,
} from "./format";

describe("formatNumber", () => {
  it.each([
    [0.123456, "0.1235"],
    [0.98, "0.9800"],
    [123.456, "123.5"],
    [12345.67, "12346"],
    [9999.96, "10000"],
    [1, "1"],
    [1234567, "1234567"],
    [0, "0"],
    [-0.5, "−0.5000"],
    [0.00001234, "1.234e-5"],
    [1.5e12, "1.500e12"],
    [NaN, "NaN"],
    [Infinity, "∞"],
    [-Infinity, "−∞"],
  ])("writes %s as %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe("toNumber", () => {
  it("reads the words for what JSON lacks", () => {
    expect(["NaN", "Infinity", "-Infinity", 2].map(toNumber)).toEqual([NaN, Infinity, -Infinity, 2]);
  });
});

describe("times and sizes", () => {
  it.each([
    [250, "250 ms"],
    [1_700, "1.7 s"],
    [59_999, "59 s"],
    [61_000, "1 min 1 s"],
    [3_600_000, "1 h 0 min"],
    [90_000_000, "1 d 1 h"],
    [-5, "0 s"],
  ])("writes a span of %s ms as %s", (span, text) => {
    expect(formatDuration(span)).toBe(text);
  });

  it.each([
    [999, "999 B"],
    [1000, "1.0 kB"],
    [256 * 1024, "262 kB"],
    [999_999, "1.0 MB"],
    [5_400_000_000, "5.4 GB"],
  ])("writes %s bytes as %s", (size, text) => {
    expect(formatBytes(size)).toBe(text);
  });

  it("writes the size of a memory in powers of two", () => {
    expect([512 * 2 ** 20, 16 * 2 ** 30, 8_201_000_000].map(formatMemory)).toEqual([
      "512 MiB",
      "16 GiB",
      "7.64 GiB",
    ]);
  });

  it("tells how long ago in one unit", () => {
    const now = 1_700_000_000_000;

    const told = [1_000, 30_000, 120_000, 7_200_000, 3 * 86_400_000].map((span) =>
      formatAgo(now - span, now),
    );

    expect(told).toEqual(["just now", "30 s ago", "2 min ago", "2 h ago", "3 d ago"]);
  });

  it("counts with the noun in number", () => {
    expect([formatCount(1, "run"), formatCount(10_000, "run")]).toEqual(["1 run", "10,000 runs"]);
  });
});
