using System.Globalization;
using k8s;
using k8s.Models;
using Ordinaut.Hosting;
using Ordinaut.Tests.Tidy;
using YamlDotNet.Core;

namespace Ordinaut.Tests.Deploy;

/// <summary>What is wrong with manifests of Kubernetes, each and together.</summary>
internal sealed class ManifestCheck
{
    /// <summary>Beside the pause before SIGTERM and <c>drain_seconds</c>: to leave.</summary>
    private const int LeavingSeconds = 10;

    private readonly List<object> _all = [];
    private readonly List<string> _findings = [];

    public ManifestCheck(IEnumerable<string> files)
    {
        try
        {
            _all.AddRange(files.SelectMany(text => KubernetesYaml.LoadAllFromString(text, strict: true)));
        }
        catch (YamlException failure)
        {
            _findings.Add($"{failure.Message} {failure.InnerException?.Message}");
            return;
        }

        foreach (var deployment in Of<V1Deployment>())
        {
            LookAt(deployment);
        }

        LookAtSelectors();
        LookAtNumbers();
    }

    public IReadOnlyList<string> Findings => _findings;

    private IEnumerable<V1PodTemplateSpec> Pods => Of<V1Deployment>().Select(each => each.Spec.Template);

    private void LookAt(V1Deployment deployment)
    {
        var name = deployment.Metadata.Name;
        var pod = deployment.Spec.Template.Spec;
        var container = Assert.Single(pod.Containers);
        Require(Selects(deployment.Spec.Selector.MatchLabels, deployment.Spec.Template), $"{name}: no pod of its own");
        Require(IsHeld(pod, container), $"{name}: not held to an account, a root and rights of its own");
        Require(container.Resources?.Requests?.Count > 0, $"{name}: no resources");
        foreach (var probe in (V1Probe?[])[container.StartupProbe, container.LivenessProbe, container.ReadinessProbe])
        {
            Require(probe is not null, $"{name}: a probe is missing");
            RequirePort(probe?.HttpGet?.Port?.Value, name);
        }

        var pause = container.Lifecycle?.PreStop?.Sleep?.Seconds ?? 0;
        var grace = pause + new OrdinautOptions().DrainSeconds + LeavingSeconds;
        Require(pause > 0 && pod.TerminationGracePeriodSeconds >= grace, $"{name}: no grace to stop in");
        Require(Has<V1ServiceAccount>(pod.ServiceAccountName), $"{name}: no ServiceAccount '{pod.ServiceAccountName}'");
        foreach (var from in container.EnvFrom)
        {
            Require(Has<V1ConfigMap>(from.ConfigMapRef.Name), $"{name}: no ConfigMap '{from.ConfigMapRef.Name}'");
        }

        foreach (var mount in container.VolumeMounts)
        {
            Require(pod.Volumes.Any(volume => volume.Name == mount.Name), $"{name}: no volume '{mount.Name}'");
        }

        LookAtSettings(container);
    }

    private void LookAtSettings(V1Container container)
    {
        foreach (var (name, value) in Of<V1ConfigMap>().SelectMany(map => map.Data))
        {
            Require(Settings.All.Any(setting => setting.Variable == name), $"{name} is no setting");
            Require(
                !name.EndsWith("_FILE", StringComparison.Ordinal)
                    || container.VolumeMounts.Any(mount => Path.GetDirectoryName(value) == mount.MountPath),
                $"{name}: {value} is in no volume"
            );
        }
    }

    private void LookAtSelectors()
    {
        foreach (var service in Of<V1Service>())
        {
            RequireOne(service.Spec.Selector, $"Service {service.Metadata.Name}");
            service.Spec.Ports.ToList().ForEach(port => RequirePort(port.TargetPort.Value, service.Metadata.Name));
        }

        foreach (var budget in Of<V1PodDisruptionBudget>())
        {
            RequireOne(budget.Spec.Selector.MatchLabels, $"PodDisruptionBudget {budget.Metadata.Name}");
        }

        foreach (var policy in Of<V1NetworkPolicy>())
        {
            RequireOne(policy.Spec.PodSelector.MatchLabels, $"NetworkPolicy {policy.Metadata.Name}");
            foreach (var port in policy.Spec.Ingress?.SelectMany(rule => rule.Ports ?? []) ?? [])
            {
                RequirePort(port.Port.Value, policy.Metadata.Name);
            }
        }

        // Whoever is held back from everything needs somebody to come in.
        Require(Of<V1NetworkPolicy>().Any(policy => policy.Spec.PodSelector.MatchLabels is null), "nothing is closed");
    }

    private void LookAtNumbers()
    {
        var metrics = File.ReadAllText(Path.Combine(Repository.Root, "docs", "metrics.md"));
        foreach (var scaler in Of<V2HorizontalPodAutoscaler>())
        {
            Require(
                Has<V1Deployment>(scaler.Spec.ScaleTargetRef.Name),
                $"nothing is {scaler.Spec.ScaleTargetRef.Name}"
            );
            foreach (var name in scaler.Spec.Metrics.Select(each => each.External?.Metric.Name).OfType<string>())
            {
                // docs/metrics.md is held against the program by a test of its own.
                Require(metrics.Contains($"\n| `{name}` |", StringComparison.Ordinal), $"no metric '{name}'");
            }
        }
    }

    private static bool IsHeld(V1PodSpec pod, V1Container container) =>
        pod.SecurityContext is { RunAsNonRoot: true, SeccompProfile.Type: "RuntimeDefault" }
        && pod.AutomountServiceAccountToken == false
        && container.SecurityContext
            is { AllowPrivilegeEscalation: false, ReadOnlyRootFilesystem: true, Capabilities.Drop: ["ALL"] };

    private void RequireOne(IDictionary<string, string>? labels, string who) =>
        Require(Pods.Any(pod => Selects(labels ?? new Dictionary<string, string>(), pod)), $"{who}: no pod");

    private void RequirePort(string? port, string who) =>
        Require(
            Pods.SelectMany(pod => pod.Spec.Containers)
                .SelectMany(container => container.Ports)
                .Any(each => each.Name == port || each.ContainerPort.ToString(CultureInfo.InvariantCulture) == port),
            $"{who}: no port '{port}'"
        );

    private void Require(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            _findings.Add(otherwise);
        }
    }

    private bool Has<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => Of<T>().Any(each => each.Metadata.Name == name);

    private IEnumerable<T> Of<T>() => _all.OfType<T>();

    private static bool Selects(IDictionary<string, string> labels, V1PodTemplateSpec pod) =>
        labels.All(label => pod.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}
