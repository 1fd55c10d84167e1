import { expect, test } from "vitest";
import { AwsError } from "../../../src/cloud/wire/aws-error.ts";
import { readForm, writeAnswer, writeError } from "../../../src/cloud/wire/query.ts";

test("a form is read as the structure it stands for, list members in the order of their numbers", () => {
  const form = new URLSearchParams({
    Action: "Do",
    Version: "2015-12-01",
    Name: "a b",
    "Tags.member.2.Key": "two",
    "Tags.member.1.Key": "one",
    "Tags.member.10.Key": "ten",
    "Matcher.HttpCode": "200",
    "Names.member.1": "x",
  });
  expect(readForm(form.toString())).toEqual({
    action: "Do",
    fields: {
      Name: "a b",
      Tags: [{ Key: "one" }, { Key: "two" }, { Key: "ten" }],
      Matcher: { HttpCode: "200" },
      Names: ["x"],
    },
  });
});

test("names that mean something to JavaScript are fields like any other", () => {
  const { fields } = readForm("Action=Do&__proto__.polluted=yes&constructor.prototype.polluted=yes");
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(Object.keys(fields)).toEqual(["__proto__", "constructor"]);
});

test("an answer escapes what XML would misread and leaves out what is not there", () => {
  const result = {
    Name: `<a & "b">`,
    Missing: undefined,
    Count: 2,
    On: true,
    At: new Date(0),
    List: ["x", { Y: 1 }],
  };
  expect(writeAnswer("Do", "urn:x", result, "id-1")).toBe(
    '<DoResponse xmlns="urn:x"><DoResult><Name>&lt;a &amp; &quot;b&quot;&gt;</Name><Count>2</Count><On>true</On>' +
      "<At>1970-01-01T00:00:00.000Z</At><List><member>x</member><member><Y>1</Y></member></List></DoResult>" +
      "<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></DoResponse>",
  );
});

test("an error says whose fault it is", () => {
  const mine = writeError(new AwsError("Broken", "b", { status: 500 }), "urn:x", "id");
  const yours = writeError(new AwsError("Wrong", "w"), "urn:x", "id");
  expect([mine, yours].map((xml) => /<Type>(.*?)<\/Type><Code>(.*?)</.exec(xml)?.slice(1))).toEqual([
    ["Receiver", "Broken"],
    ["Sender", "Wrong"],
  ]);
});
