namespace Ordinaut.Tests;

public sealed class ProblemTests
{
    [Fact]
    public void One_finding_is_the_whole_message()
    {
        var problem = Problem.Invalid("/timezone", "There is no zone 'Mars'; use an IANA id.");

        Assert.Equal(ProblemKind.Invalid, problem.Kind);
        Assert.Equal("There is no zone 'Mars'; use an IANA id.", problem.Message);
        Assert.Equal(new FieldError("/timezone", problem.Message), Assert.Single(problem.Errors));
    }

    [Fact]
    public void Several_findings_are_counted_and_kept()
    {
        FieldError[] errors = [new("/title", "is empty"), new("/priority", "is 10; 1 to 9 are allowed")];
        var problem = Problem.Invalid(errors);

        Assert.Equal("2 values are not valid.", problem.Message);
        Assert.Equal(errors, problem.Errors);
    }

    [Fact]
    public void A_foreign_id_and_a_missing_one_read_the_same() =>
        Assert.Equal("There is no task '42' that you may see.", Problem.NotFound("task", "42").Message);

    [Fact]
    public void The_kind_says_what_the_caller_can_do()
    {
        Assert.Equal(ProblemKind.NotFound, Problem.NotFound("task", "42").Kind);
        Assert.Equal(ProblemKind.Conflict, Problem.Conflict("It has ended.").Kind);
        Assert.Equal(ProblemKind.Forbidden, Problem.Forbidden("Needs tasks:read.", "tasks:read").Kind);
    }
}
