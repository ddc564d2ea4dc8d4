namespace Ordinaut.JsonSchemas;

/// <summary>Counts down the work one validation may do. What ran out stays run out.</summary>
internal sealed class WorkMeter(int units)
{
    private int _left = units;

    /// <summary>No verdict can be trusted any more: the caller must answer "too complex".</summary>
    public bool IsSpent => _left < 0;

    /// <summary>Takes units; false when there are not enough, and from then on.</summary>
    public bool Spend(int units)
    {
        if (_left < 0)
        {
            return false;
        }

        _left -= Math.Min(units, _left + 1);
        return _left >= 0;
    }

    public bool Exhaust() => Spend(int.MaxValue);
}
