/** What the client wrote of the machine and the packages that a run had. */
import { fieldsOf, listAt, numberAt, textAt, textsAt } from "@/lib/fields";

export interface Package {
  name: string;
  version: string;
  /** Where it is not from an index: `git+https://...@commit`, an address, `editable`, `file`. */
  source: string | undefined;
}

export interface Gpu {
  name: string;
  memoryBytes: number | undefined;
  driver: string | undefined;
}

export interface Environment {
  command: string[];
  script: string | undefined;
  module: string | undefined;
  isNotebook: boolean;
  /** Working directory from the repository's root on, empty for the root itself; `undefined` outside of one. */
  directory: string | undefined;
  python: string | undefined;
  platform: string | undefined;
  cpu: string | undefined;
  cores: number | undefined;
  memoryBytes: number | undefined;
  /** `undefined` where it is not known whether there are any. */
  gpus: Gpu[] | undefined;
  packages: Package[];
}

const joined = (...words: (string | undefined)[]) => words.filter(Boolean).join(" ") || undefined;

export function readEnvironment(text: string): Environment {
  const all = fieldsOf(JSON.parse(text));
  const python = fieldsOf(all["python"]);
  const platform = fieldsOf(all["platform"]);
  const hardware = fieldsOf(all["hardware"]);
  const directory = all["directory"];
  return {
    command: textsAt(all, "command"),
    script: textAt(all, "script"),
    module: textAt(all, "module"),
    isNotebook: all["notebook"] === true,
    directory: typeof directory === "string" ? directory : undefined,
    python: joined(textAt(python, "implementation"), textAt(python, "version")),
    platform: platformOf(platform),
    cpu: textAt(hardware, "cpu"),
    cores: numberAt(hardware, "cores"),
    memoryBytes: numberAt(hardware, "memory_bytes"),
    gpus: Array.isArray(hardware["gpus"]) ? listAt(hardware, "gpus").map(fieldsOf).map(readGpu) : undefined,
    packages: listAt(all, "packages")
      .map(fieldsOf)
      .map((each) => ({
        name: textAt(each, "name") ?? "",
        version: textAt(each, "version") ?? "",
        source: textAt(each, "source"),
      }))
      .filter((each) => each.name !== "")
      .sort((a, b) => a.name.localeCompare(b.name, "en", { sensitivity: "base" })),
  };
}

function readGpu(gpu: ReturnType<typeof fieldsOf>): Gpu {
  return {
    name: textAt(gpu, "name") ?? "unknown",
    memoryBytes: numberAt(gpu, "memory_bytes"),
    driver: textAt(gpu, "driver"),
  };
}

function platformOf(platform: ReturnType<typeof fieldsOf>): string | undefined {
  const system = joined(textAt(platform, "system"), textAt(platform, "release"));
  const facts = [textAt(platform, "distribution"), system, textAt(platform, "machine")];
  return facts.filter(Boolean).join(", ") || undefined;
}

/** A command as it is typed into a shell. */
export function commandLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(" ");
}

/** The packages as a file that an installer takes; those of one machine alone stand in comments. */
export function requirementsOf(packages: readonly Package[]): string {
  const lines = packages.map(({ name, version, source }) => {
    if (source === undefined) return `${name}==${version}`;
    return source.includes("://") ? `${name} @ ${source}` : `# ${name}==${version} (${source})`;
  });
  return lines.map((line) => `${line}\n`).join("");
}

/** Name and value of what two environments are compared by: Python, system, hardware, then each package. */
export function environmentPairs(environment: Environment | undefined): { key: string; value: string }[] {
  if (!environment) return [];
  const { python, platform, cpu, gpus, packages } = environment;
  const facts = { python, platform, cpu, gpu: gpus?.map((gpu) => gpu.name).join(", ") || undefined };
  return [
    ...Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }])),
    ...packages.map(({ name, version, source }) => ({
      key: name,
      value: source === undefined ? version : `${version} (${source})`,
    })),
  ];
}
