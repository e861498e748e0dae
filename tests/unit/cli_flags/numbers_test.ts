import { parseDuration } from "../../../src/cli/values/duration.ts";
import { integer, parseCpus } from "../../../src/cli/values/number.ts";
import { parseSize, parseSizeOrUnlimited } from "../../../src/cli/values/size.ts";
import { table } from "./table.ts";

const K = 1024;

table("sizes", parseSize, [
  ["0", 0],
  ["12", 12],
  ["12b", 12],
  ["12B", 12],
  ["1k", K],
  ["1kb", K],
  ["1KiB", K],
  ["1 k", K],
  ["512m", 512 * K ** 2],
  ["1.5g", 1.5 * K ** 3],
  [".5G", 0.5 * K ** 3],
  ["1.", 1],
  ["2t", 2 * K ** 4],
  ["1p", K ** 5],
  ["1e3", 1000],
  ["0.7", 0],
  ["+5", 5],
], [
  "",
  "=",
  "x",
  "12x",
  "12mx",
  "12kbi",
  "1ki",
  "bb",
  "-1",
  "-2m",
  "1,5g",
  "1 000",
  "8p ",
  "9000p",
]);

table("sizes with none", parseSizeOrUnlimited, [["-1", -1], ["1m", K ** 2]], ["-2", "", "-1m"]);

table("whole numbers", integer(), [
  ["0", 0],
  ["-0", 0],
  ["-5", -5],
  ["+5", 5],
  ["0x10", 16],
  ["-0x10", -16],
  ["0b11", 3],
  ["0o17", 15],
  ["017", 15],
], ["", "x", "1.5", "1e3", "0x", "08", "1 ", " 1", "--1", "9007199254740993", "NaN"]);

table("bounded numbers", integer(0, 100), [["0", 0], ["100", 100]], ["-1", "101"]);
table("numbers of at least", integer(-1), [["-1", -1]], ["-2"]);

table("CPUs", parseCpus, [
  ["1", 1e9],
  ["1.5", 1.5e9],
  [".5", 0.5e9],
  ["2.", 2e9],
  ["0.000000001", 1],
  ["1/2", 0.5e9],
  ["1e-1", 1e8],
  ["1e1", 1e10],
  ["0", 0],
], ["", ".", "x", "-1", "1/3", "1/0", "1/", "0.0000000001", "1e-10", "1,5", "0x1"]);

table("durations", parseDuration, [
  ["0", 0],
  ["1ns", 1],
  ["1us", 1e3],
  ["1µs", 1e3],
  ["500ms", 5e8],
  ["3s", 3e9],
  ["1m30s", 9e10],
  ["1.5h", 5.4e12],
  [".5s", 5e8],
  ["1.s", 1e9],
  ["+2s", 2e9],
  ["1h1h", 7.2e12],
], ["", "3", "s", "1d", "-1s", "1s ", " 1s", "1s1", "1 s", "1,5s", "."]);
