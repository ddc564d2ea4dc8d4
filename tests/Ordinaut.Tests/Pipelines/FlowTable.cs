namespace Ordinaut.Tests.Pipelines;

/// <summary>Blocks of steps and what becomes of them.</summary>
public static class FlowTable
{
    /// <summary>Steps, then the calls in their order, then what the last step gave.</summary>
    public static TheoryData<string, string, string> Flows =>
        new()
        {
            {
                """{"id":"a","uses":"test.work","foreach":["x","y"],"with":{"v":"${item}"}}""",
                """{"v":"x"} {"v":"y"}""",
                """[{"v":"x"},{"v":"y"}]"""
            },
            { """{"id":"a","uses":"test.work","foreach":[],"with":{"v":"${item}"}}""", "", "[]" },
            {
                """{"id":"a","uses":"test.work","foreach":"`[1,2,3]`","if":"1 > 2","with":{"v":"${item}"}}""",
                "",
                "none"
            },
            {
                """
                    {"id":"a","foreach":"`[1,2]`","steps":[
                      {"id":"b","uses":"test.work","with":{"v":"${item}"}},
                      {"id":"c","uses":"test.work","with":{"w":"${steps.b.v}"},"if":"item > 1"}]}
                    """,
                """{"v":1} {"v":2} {"w":2}""",
                """[{"v":1},{"w":2}]"""
            },
            {
                """
                    {"id":"a","foreach":"`[[1,2],[3]]`","steps":[
                      {"id":"b","uses":"test.work","foreach":"item","with":{"v":"${item}"}}]}
                    """,
                """{"v":1} {"v":2} {"v":3}""",
                """[[{"v":1},{"v":2}],[{"v":3}]]"""
            },
            {
                """
                    {"id":"a","parallel":[[{"id":"b","uses":"test.work","with":{"v":1}}],[{"id":"c","uses":"test.work","with":{"v":2}}]]},
                    {"id":"d","uses":"test.work","with":{"all":"${steps.a}","c":"${steps.c.v}"}}
                    """,
                """{"v":1} {"v":2} {"all":[{"v":1},{"v":2}],"c":2}""",
                """{"all":[{"v":1},{"v":2}],"c":2}"""
            },
            {
                """{"id":"a","parallel":{"left":[{"id":"b","uses":"test.work","with":{"v":1}}],"right":[{"id":"c","uses":"test.work"}]}}""",
                """{"v":1} {}""",
                """{"left":{"v":1},"right":{}}"""
            },
            {
                """
                    {"id":"a","uses":"test.work","needs":["b"],"with":{"v":"${steps.b.v}"}},
                    {"id":"b","uses":"test.work","needs":[],"with":{"v":2}}
                    """,
                """{"v":2} {"v":2}""",
                """{"v":2}"""
            },
            {
                """
                    {"id":"a","uses":"test.work","with":{"fail":true},"on_error":[
                       {"id":"b","uses":"test.work","with":{"why":"${steps.a.error.code}"}}]},
                    {"id":"c","uses":"test.work","with":{"why":"${steps.a.error.message}"}}
                    """,
                """{"fail":true} {"why":"broken"} {"why":"It broke."}""",
                """{"why":"It broke."}"""
            },
            {
                """{"id":"a","uses":"test.work","foreach":{"items":"`[false,true,false]`","on_error":"continue"},"with":{"fail":"${item}"}}""",
                """{"fail":false} {"fail":true} {"fail":false}""",
                """[{"fail":false},null,{"fail":false}]"""
            },
            {
                """
                    {"id":"a","foreach":{"items":"`[true,false]`","on_error":"continue"},"steps":[
                      {"id":"b","uses":"test.work","with":{"fail":"${item}"}}]}
                    """,
                """{"fail":true} {"fail":false}""",
                """[null,{"fail":false}]"""
            },
            { """{"id":"w","wait":"0s"},{"id":"a","uses":"test.work"}""", "{}", "{}" },
        };
}
