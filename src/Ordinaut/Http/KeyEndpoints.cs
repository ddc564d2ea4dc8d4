using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/keys</c>: what tokens are signed with.</summary>
internal sealed class KeyEndpoints(KeyRotation keys)
{
    public void Map(IEndpointRouteBuilder app) =>
        app.Post("/keys:rotate", Rotate)
            .Named("rotateKeys", "Login", "Sign tokens with a new key; those before stay valid until their tokens end")
            .Takes<RotateKeys>(optional: true)
            .Gives<RotatedKeys>()
            .Needs(Scope.Admin, RateClass.Write);

    private async Task Rotate(Call call) =>
        await call.Answer(await keys.Rotate(call.Caller, call.OptionalBody<RotateKeys>()));
}
