using k8s;
using k8s.Models;
using Ordinaut.Tests.Tidy;
using YamlDotNet.Serialization;

namespace Ordinaut.Tests.Deploy;

/// <summary>The manifests: each is what Kubernetes knows, and they go together.</summary>
public sealed class KubernetesTests
{
    private const string Kustomization = "kustomization.yaml";

    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "kubernetes");

    private static Dictionary<string, string> Files =>
        Directory
            .GetFiles(Folder, "*.yaml")
            .Where(file => Path.GetFileName(file) != Kustomization)
            .ToDictionary(file => Path.GetFileName(file)!, File.ReadAllText);

    [Fact]
    public void Each_file_is_applied()
    {
        var text = File.ReadAllText(Path.Combine(Folder, Kustomization));
        var kustomization = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(text);

        var resources = Assert.IsType<List<object>>(kustomization["resources"]);
        Assert.Equal(Files.Keys.Order(), resources.Cast<string>().Order());
    }

    [Fact]
    public void They_go_together() => Assert.Empty(new ManifestCheck(Files.Values).Findings);

    /// <summary>The mutants of the zero above: each is one word that is wrong, and what is found.</summary>
    [Theory]
    [InlineData("worker.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesytem: true", "readOnlyRootFilesytem")]
    [InlineData("api.yaml", "maxSurge", "maxSurg", "maxSurg")]
    [InlineData(
        "api.yaml",
        "selector: {app: ordinaut, role: api}",
        "selector: {app: other}",
        "Service ordinaut: no pod"
    )]
    [InlineData(
        "worker.yaml",
        "template:\n    metadata:\n      labels: {app: ordinaut",
        "template:\n    metadata:\n      labels: {app: x",
        "no pod"
    )]
    [InlineData("network.yaml", "role: api", "role: apis", "NetworkPolicy requests: no pod")]
    [InlineData("settings.yaml", "ORDINAUT_ISSUER", "ORDINAUT_ISUER", "ORDINAUT_ISUER")]
    [InlineData("scheduler.yaml", "path: /health/live, port: http", "path: /health/live, port: web", "port 'web'")]
    [InlineData("api.yaml", "targetPort: http", "targetPort: https", "port 'https'")]
    [InlineData("network.yaml", "port: http}", "port: https}", "port 'https'")]
    [InlineData("worker.yaml", "metric: {name: ordinaut_queue_oldest", "metric: {name: ordinaut_line_oldest", "metric")]
    [InlineData(
        "worker.yaml",
        "name: ordinaut-worker}\n  minReplicas",
        "name: ordinaut-wrker}\n  minReplicas",
        "ordinaut-wrker"
    )]
    [InlineData("worker.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "not held")]
    [InlineData("worker.yaml", "drop: [ALL]", "add: [ALL]", "not held")]
    [InlineData("worker.yaml", "type: RuntimeDefault", "type: Unconfined", "not held")]
    [InlineData("worker.yaml", "configMapRef: {name: ordinaut}", "configMapRef: {name: other}", "ConfigMap 'other'")]
    [InlineData("worker.yaml", "terminationGracePeriodSeconds: 50", "terminationGracePeriodSeconds: 30", "grace")]
    [InlineData("worker.yaml", "- name: tmp\n", "- name: temp\n", "volume 'tmp'")]
    [InlineData("settings.yaml", "/run/secrets/ordinaut/database_url", "/run/secrets/database_url", "database_url")]
    public void A_manifest_with_a_defect_is_found_out(string file, string right, string wrong, string finding)
    {
        var files = Files;
        Assert.Contains(right, files[file], StringComparison.Ordinal);
        files[file] = files[file].Replace(right, wrong, StringComparison.Ordinal);

        Assert.Contains(new ManifestCheck(files.Values).Findings, found => found.Contains(finding));
    }

    [Fact]
    public void No_file_holds_a_secret()
    {
        foreach (var text in Files.Values)
        {
            Assert.DoesNotContain(KubernetesYaml.LoadAllFromString(text, strict: true), each => each is V1Secret);
        }
    }
}
