using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>Whether the schedule is kept.</summary>
internal static class TaskGauges
{
    public static IEnumerable<StateGauge> All =>
        [
            StateGauge.Age(
                "ordinaut.schedule.oldest.age",
                "How long ago the task was due that waits longest for the scheduler.",
                TaskStore.NextDue
            ),
        ];
}
