namespace Ordinaut.Tests.Tasks;

/// <summary>A step, how often it runs, and why the rule of the tests does not approve it; null where it does.</summary>
internal static class AutoApprovalTable
{
    public static TheoryData<string, string, string?> Rows =>
        new()
        {
            { """{"id": "a", "uses": "test.read"}""", "0 * * * *", null },
            { """{"id": "a", "uses": "test.read"}""", "*/30 * * * *", "48 times" },
            { """{"id": "a", "uses": "test.read"}""", "*/5 8 * * 1", null },
            { """{"id": "a", "uses": "test.other"}""", "0 * * * *", "does not name the tool test.other" },
            { """{"id": "a", "uses": "test.read", "effect": "idempotent"}""", "0 * * * *", null },
            { """{"id": "a", "uses": "http.request", "with": {"url": "https://a.example/x"}}""", "0 * * * *", null },
            {
                """{"id": "a", "uses": "http.request", "with": {"url": "https://b.example/"}}""",
                "0 0 * * *",
                "b.example"
            },
            { """{"id": "a", "uses": "http.request", "with": {"url": "${x}"}}""", "0 0 * * *", "elsewhere" },
            {
                """{"id": "a", "uses": "http.request", "with": {"url": "https://a.example${x}/"}}""",
                "0 0 * * *",
                "elsewhere"
            },
            {
                """{"id": "a", "uses": "http.request", "with": {"url": "https://a.example@b.example/"}}""",
                "0 0 * * *",
                "elsewhere"
            },
            {
                """{"id": "a", "uses": "http.request", "with": {"url": "https://a.example\\.b.example/"}}""",
                "0 0 * * *",
                "elsewhere"
            },
            {
                """{"id": "a", "uses": "http.request", "with": {"url": "https://A.example:444/x?${y}"}}""",
                "0 0 * * *",
                null
            },
            {
                """{"id": "a", "uses": "http.request", "with": {"method": "get", "url": "https://a.example"}}""",
                "0 0 * * *",
                null
            },
            {
                """{"id": "a", "uses": "http.request", "with": {"method": "POST", "url": "https://a.example"}}""",
                "0 0 * * *",
                "change something"
            },
            {
                """{"id": "a", "uses": "http.request", "with": {"method": "${m}", "url": "https://a.example"}}""",
                "0 0 * * *",
                "change something"
            },
            {
                """{"id": "a", "uses": "http.request", "with": {"follow_redirects": true, "url": "https://a.example"}}""",
                "0 0 * * *",
                "change something"
            },
            {
                """{"id": "a", "uses": "http.request", "with": {"follow_redirects": false, "url": "https://a.example"}}""",
                "0 0 * * *",
                null
            },
            { Get("""{"X-HTTP-Method-Override": "DELETE"}"""), "0 0 * * *", "change something" },
            { Get("\"${x}\""), "0 0 * * *", "change something" },
            { Get("""{"Accept": "text/html"}"""), "0 0 * * *", null },
            { """{"id": "a", "uses": "http.request", "with": "${params}"}""", "0 0 * * *", "change something" },
            { """{"id": "p", "parallel": [[{"id": "a", "uses": "test.other"}]]}""", "0 0 * * *", "test.other" },
            {
                """{"id": "p", "uses": "test.read", "on_error": [{"id": "a", "uses": "test.other"}]}""",
                "0 0 * * *",
                "test.other"
            },
            {
                """{"id": "p", "uses": "test.read", "with": {"payload": {"pipeline": [{"uses": "test.other"}]}}}""",
                "0 0 * * *",
                "test.other"
            },
        };

    private static string Get(string headers) =>
        $$$"""{"id": "a", "uses": "http.request", "with": {"url": "https://a.example", "headers": {{{headers}}}}}""";
}
