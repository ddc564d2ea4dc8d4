using System.Text.Json.Serialization;
using Ordinaut.Agents;
using Ordinaut.Backups;
using Ordinaut.Pipelines;
using Ordinaut.Tasks;
using Ordinaut.Tools;

namespace Ordinaut;

/// <summary>How the documents this program keeps for itself are read and written, generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TaskSettings))]
[JsonSerializable(typeof(AgentLimits))]
[JsonSerializable(typeof(Grant))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(StepFailure))]
[JsonSerializable(typeof(StepAnswer))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class StoredJson : JsonSerializerContext;
