using Ordinaut.Agents;
using Ordinaut.Approvals;
using Ordinaut.Audit;
using Ordinaut.Calendars;
using Ordinaut.Events;
using Ordinaut.Mail;
using Ordinaut.Models;
using Ordinaut.Monitors;
using Ordinaut.Nodes;
using Ordinaut.OAuth;
using Ordinaut.Playground;
using Ordinaut.Redis;
using Ordinaut.Runs;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Hosting;

/// <summary>Which parts a process is made of, by its role.</summary>
internal static class Wiring
{
    public static void Add(IServiceCollection services, OrdinautOptions options)
    {
        AddAgents(services, options);
        AddNouns(services, options);
        AddTools(services, options);
        AddNode(services, options);
        BackupSettings.Add(services, options);
        if (options.Postgres is { } postgres)
        {
            services.AddSingleton(postgres).AddHostedService<PostgresBell>();
        }
        else
        {
            // Here the writer is this process's own; a database server that is away is not mended by a new process.
            services.AddHostedService(provider => provider.GetRequiredService<WriterWatch>());
        }

        if (options.Redis is { } redis)
        {
            RedisWiring.Add(services, redis);
        }

        if (options.Role.HasFlag(Role.Scheduler))
        {
            AddScheduler(services);
            CanaryWiring.Add(services, options);
        }

        if (options.Role.HasFlag(Role.Worker))
        {
            AddWorker(services, options);
        }

        Telemetry.Add(services, options);
        ApiWiring.Add(services, options.Role);
    }

    private static void AddAgents(IServiceCollection services, OrdinautOptions options)
    {
        services.AddSingleton(
            new TokenSettings(
                options.Issuer,
                options.Audience,
                TimeSpan.FromMinutes(options.AccessTokenMinutes),
                TimeSpan.FromDays(options.RefreshTokenDays)
            )
            {
                KeyLife = TimeSpan.FromDays(options.SigningKeyDays),
                SessionLife = TimeSpan.FromDays(options.SessionDays),
            }
        );
        services.AddSingleton<KeyRotation>().AddHostedService<KeyWatch>();
        services.AddSingleton<AuditLog>().AddSingleton<Changes>().AddSingleton<AuditOperations>();
        services.AddSingleton(host => new AuditVerifier(
            host.GetRequiredService<Db>(),
            TimeSpan.FromDays(options.AuditRetentionDays)
        ));
        services.AddSingleton<AgentDirectory>().AddSingleton<AgentOperations>();
        services.AddSingleton<AgentErasure>().AddSingleton<AgentExport>();
        services.AddSingleton<AccessTokens>().AddSingleton<RefreshTokens>().AddSingleton<Authenticator>();
        services.AddSingleton<LoginBackoff>().AddSingleton<LoginDesk>().AddSingleton<LoginOperations>();
        services.AddSingleton(host => new ClientDocuments(
            host.GetRequiredService<Egress>().Send,
            host.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<ClientOperations>();
        services
            .AddSingleton<AuthorizationOperations>()
            .AddSingleton<GrantOperations>()
            .AddSingleton<ProgramOperations>();
        services.AddSingleton<WriterWatch>().AddSingleton<Health>();
        OidcSettings.Add(services, options);
    }

    private static void AddNouns(IServiceCollection services, OrdinautOptions options)
    {
        services.AddSingleton(provider => new TaskDefaults(options.Timezone, provider.GetRequiredService<Db>().Now));
        services.AddSingleton<Signals>().AddSingleton<SchedulePlans>().AddSingleton<RunIntake>();
        services.AddSingleton<Func<EventLog>>(provider => provider.GetRequiredService<EventLog>);
        services.AddSingleton<EventLog>().AddSingleton<EventOperations>().AddSingleton<CalendarOperations>();
        services.AddSingleton<TaskDrafts>().AddSingleton<TaskViews>().AddSingleton<TaskJournal>();
        services.AddSingleton<NewTasks>().AddSingleton<RunRequests>().AddSingleton<TaskEdits>();
        services.AddSingleton<Proposals>().AddSingleton<ProposalViews>().AddSingleton<ProposalOperations>();
        services.AddSingleton(options.TaskLimits).AddSingleton<TaskQuotas>().AddSingleton<FireBudget>();
        services.AddSingleton<TaskOperations>().AddSingleton<TaskControl>().AddSingleton<TaskHistory>();
        services.AddSingleton<ScheduleOperations>().AddSingleton<Occurrences>();
        services.AddSingleton<LiveFeed>().AddSingleton<RunRecorder>().AddSingleton<RunOperations>();
        services.AddSingleton<Alerts>().AddSingleton<AlertOperations>().AddSingleton<MonitorVerdicts>();
        services.AddSingleton<MonitorOperations>().AddSingleton<HeartbeatDesk>();
        services
            .AddSingleton<PlaygroundOperations>()
            .AddSingleton<ApprovalOperations>()
            .AddSingleton<SignalOperations>();
    }

    private static void AddNode(IServiceCollection services, OrdinautOptions options)
    {
        services.AddSingleton(provider => new Node(
            provider.GetRequiredService<Ids>().Next(),
            Environment.MachineName,
            Environment.ProcessId,
            options.Version,
            options.Role.Names(),
            options.Role.HasFlag(Role.Worker) ? options.WorkerConcurrency : null
        ));
        services.AddSingleton(
            new RetentionSettings(
                TimeSpan.FromDays(options.RunRetentionDays),
                TimeSpan.FromDays(options.RunRetentionDays),
                TimeSpan.FromDays(options.EventRetentionDays),
                TimeSpan.FromDays(options.AuditRetentionDays)
            )
            {
                ByWeek = options.Postgres is not null,
            }
        );
        services.AddSingleton<NodeRegistry>().AddHostedService(host => host.GetRequiredService<NodeRegistry>());
        services.AddSingleton(provider =>
        {
            RateLimit Limit(string name, int perSecond) =>
                new(name, perSecond, provider.GetRequiredService<TimeProvider>(), provider.GetService<RedisBuckets>());
            return new RateLimits(
                Limit("reads", options.RateLimitReads),
                Limit("writes", options.RateLimitWrites),
                Limit("logins", options.RateLimitLogins)
            );
        });
        services.AddSingleton<AskedTraces>();
        services.AddSingleton(provider => new RequestPlaces(
            options.RequestsAtOnce,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(provider => new Outbox(
            provider.GetRequiredService<Signals>(),
            options.Redis is not null
        ));
        if (options.Role.HasFlag(Role.Api))
        {
            services.AddSingleton(RedisWiring.EventFeed);
            services.AddHostedService(provider => provider.GetRequiredService<EventFeed>());
        }
    }

    private static void AddTools(IServiceCollection services, OrdinautOptions options)
    {
        services.AddSingleton(EgressAllow.Parse(options.EgressAllow)).AddSingleton(EgressNetwork.Real);
        services.AddSingleton<Egress>().AddSingleton<OwnerRights>().AddSingleton<PublishEventTool>();
        services.AddSingleton(provider => new ToolCatalog([
            .. BuiltInTools.All(provider.GetRequiredService<Egress>(), provider.GetRequiredService<TimeProvider>()),
            .. TaskTool.All(
                provider.GetRequiredService<TaskOperations>,
                provider.GetRequiredService<TaskControl>(),
                provider.GetRequiredService<OwnerRights>(),
                provider.GetRequiredService<Db>()
            ),
            new NextInTool(provider.GetRequiredService<TaskControl>, provider.GetRequiredService<OwnerRights>()),
            .. ApprovalTool.All(
                provider.GetRequiredService<Db>(),
                provider.GetRequiredService<EventLog>(),
                provider.GetRequiredService<Ids>()
            ),
            .. GenerateTool.All(provider.GetService<ModelDesk>()),
            new EmailTool(provider.GetService<MailLink>(), provider.GetRequiredService<TimeProvider>()),
            new SignalTool(provider.GetRequiredService<Db>()),
            provider.GetRequiredService<PublishEventTool>(),
        ]));
        LlmSettings.Add(services, options);
        ToolSettings.Add(services, options);
        SecretSettings.Add(services);
        SmtpSettings.Add(services, options);
        WebhookWiring.Add(services);
        services.AddSingleton<ToolInvoker>().AddSingleton<OwnerTools>().AddSingleton<RunPlans>();
    }

    private static void AddScheduler(IServiceCollection services)
    {
        services.AddHostedService<AuditSealer>().AddHostedService<MonitorWatch>();
        services.AddSingleton<Scheduler>().AddHostedService(provider => provider.GetRequiredService<Scheduler>());
        services.AddSingleton(provider =>
            HealthProbes.Loop(
                "scheduler",
                () => provider.GetRequiredService<Scheduler>().LastLookAt,
                provider.GetRequiredService<TimeProvider>()
            )
        );
    }

    private static void AddWorker(IServiceCollection services, OrdinautOptions options)
    {
        services.AddSingleton(provider => new WorkerSettings(
            provider.GetRequiredService<Node>().Name,
            options.WorkerConcurrency,
            TimeSpan.FromSeconds(options.LeaseSeconds),
            TimeSpan.FromSeconds(options.DrainSeconds)
        )
        {
            SlotsOfAgent = options.RunsAtOnce > 0 ? options.RunsAtOnce : options.WorkerConcurrency,
        });
        services.AddSingleton(new RunSettings((long)options.RunDataMib << 20));
        services.AddSingleton<ConditionCheck>().AddSingleton<RunExecutor>();
        services.AddSingleton<Reaper>().AddHostedService(provider => provider.GetRequiredService<Reaper>());
        services.AddSingleton<Worker>().AddHostedService(provider => provider.GetRequiredService<Worker>());
        services.AddSingleton(provider =>
            HealthProbes.Loop(
                "worker",
                () => provider.GetRequiredService<Worker>().LastLookAt,
                provider.GetRequiredService<TimeProvider>()
            )
        );
        services.AddHostedService<Retention>();
        WebhookWiring.AddSender(services);
    }
}
