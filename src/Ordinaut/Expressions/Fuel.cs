namespace Ordinaut.Expressions;

/// <summary>
/// What one evaluation may still cost. Time and memory of every operation are proportional to the fuel it spends,
/// so a bound on fuel bounds both. One fuel may be shared by several evaluations.
/// </summary>
internal sealed class Fuel(long visits = ExpressionLimits.Fuel)
{
    private readonly long _granted = visits;

    public long Left { get; private set; } = visits;

    public void Spend(long amount = 1)
    {
        Left -= amount;
        if (Left < 0)
        {
            throw OutOfFuel();
        }
    }

    /// <summary>Pays for reading, comparing or writing a text.</summary>
    public void SpendText(long length) => Spend(length / ExpressionLimits.TextPerFuel);

    /// <summary>Pays for a look-up in a container, which passes its members one by one.</summary>
    public void SpendLookup(int count) => Spend(1 + count / ExpressionLimits.LookupPerFuel);

    /// <summary>Lets a value through that is not larger than an output may be.</summary>
    /// <remarks>
    /// The size counts a value each time it occurs, although memory holds it once: that is what stops
    /// <c>@ | [@,@] | [@,@] …</c> before somebody writes it out.
    /// </remarks>
    public static Json Fitting(Json value) => value.Size <= ExpressionLimits.OutputBytes ? value : throw TooLarge();

    /// <summary>As <see cref="Fitting"/> for what the evaluation built; what it only passes on may be larger.</summary>
    public static Json Built(Json value) => value.IsParsed ? value : Fitting(value);

    public static ExpressionException TooLarge() =>
        ExpressionException.Limit(
            $"The result is larger than {ExpressionLimits.OutputBytes} bytes of JSON; select less of it."
        );

    private ExpressionException OutOfFuel() =>
        ExpressionException.Limit(
            $"The evaluation takes more than {_granted} steps; select less data or split the expression."
        );
}
