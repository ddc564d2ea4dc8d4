using Ordinaut.Pipelines;
using Ordinaut.Redis;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Hosting;

/// <summary>
/// Every setting, with its meaning and default: <c>docs/configuration.md</c> is written from here. Names, ranges and
/// units are in <see cref="Settings"/>, which reads them from <c>appsettings.json</c> (section <c>ordinaut</c>), then
/// <c>ORDINAUT_*</c> variables, then flags; later ones win.
/// </summary>
internal sealed record OrdinautOptions
{
    /// <summary>Where the HTTP server listens; loopback unless said otherwise.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    /// <summary>The certificate that https URLs show.</summary>
    public string TlsCertificate { get; init; } = "";

    /// <summary>Its key; empty: in the same file.</summary>
    public string TlsKey { get; init; } = "";

    /// <summary>What the key opens with; empty: it has no password.</summary>
    public string TlsPasswordFile { get; init; } = "";

    /// <summary>Whose <c>X-Forwarded-For</c> is believed; empty: nobody's.</summary>
    public string TrustedProxies { get; init; } = "";

    /// <summary>
    /// The folder of the SQLite file, <c>admin.json</c>, keys and audit heads; made with mode 0700 when absent.
    /// </summary>
    public string Data { get; init; } = "ordinaut-data";

    /// <summary>The SQLite file in the data folder; only a database URL names another.</summary>
    public string DatabaseName { get; init; } = "ordinaut.db";

    /// <summary>The PostgreSQL database that many nodes share; empty: the SQLite file.</summary>
    public string PostgresUrl { get; init; } = "";

    /// <summary>
    /// For notifications and migrations, which do not pass a pooler such as PgBouncer; empty: there is none.
    /// </summary>
    public string DatabaseDirectUrl { get; init; } = "";

    /// <summary>The file that holds the database's URL; empty: the setting says it.</summary>
    public string DatabaseUrlFile { get; init; } = "";

    /// <summary>The file that holds the URL past the pooler.</summary>
    public string DatabaseDirectUrlFile { get; init; } = "";

    /// <summary>The file that holds the URL of Redis.</summary>
    public string RedisUrlFile { get; init; } = "";

    /// <summary>
    /// The most connections this process opens to PostgreSQL for work and reading, beside four of its own.
    /// </summary>
    public int DatabaseConnections { get; init; } = 14;

    /// <summary>Where everything is kept; a SQLite file belongs to one process.</summary>
    public string DatabaseUrl => Postgres?.Shown ?? $"sqlite:///{Path.Combine(Data, DatabaseName)}";

    /// <summary>How to reach PostgreSQL; null: the data is in SQLite.</summary>
    public PostgresSettings? Postgres => UrlSettings.PostgresOf(this);

    /// <summary>Events as a stream, limits over all nodes, live streams; nothing is lost without it.</summary>
    public string RedisUrl { get; init; } = "";

    /// <summary>How to reach Redis; null: there is none.</summary>
    public RedisSettings? Redis => RedisUrl.Length == 0 ? null : new RedisSettings(RedisUrl);

    /// <summary>Where the data is, as it may be shown.</summary>
    public string Place => Postgres?.Shown ?? Data;

    /// <summary>What this process does; the parts may be split only on PostgreSQL.</summary>
    public Role Role { get; init; } = Role.All;

    /// <summary>The zone of tasks that name none.</summary>
    public string Timezone { get; init; } = "UTC";

    /// <summary>Private and special addresses that tools may reach all the same.</summary>
    public string EgressAllow { get; init; } = "";

    /// <summary>What declares tools from outside; empty: <c>tools.json</c> of the data folder, if there.</summary>
    public string ToolsFile { get; init; } = "";

    /// <summary>The programs that may be started as tool servers.</summary>
    public string ToolsCommands { get; init; } = "";

    /// <summary>What the secret store is sealed with; empty: a file of the data folder (SQLite only).</summary>
    public string SecretsKey { get; init; } = "";

    /// <summary>The same, in a file.</summary>
    public string SecretsKeyFile { get; init; } = "";

    /// <summary>The same, from a key management service.</summary>
    public string SecretsKeyCommand { get; init; } = "";

    /// <summary>
    /// Where backups go (<see href="backup.md">backup.md</see>); empty: the server makes none by itself.
    /// </summary>
    public string BackupFolder { get; init; } = "";

    /// <summary>What they are sealed with.</summary>
    public string BackupKey { get; init; } = "";

    /// <summary>The same, in a file.</summary>
    public string BackupKeyFile { get; init; } = "";

    /// <summary>How far back a restore can go.</summary>
    public int BackupKeepDays { get; init; } = 14;

    /// <summary>For backups of a PostgreSQL server; empty: they are on the PATH.</summary>
    public string BackupPrograms { get; init; } = "";

    /// <summary>Whom they run as, for PostgreSQL refuses root; empty: the account of this process.</summary>
    public string BackupAccount { get; init; } = "";

    /// <summary>The mail server of <c>email.send</c>; empty: none.</summary>
    public string SmtpUrl { get; init; } = "";

    /// <summary>The sender of messages.</summary>
    public string SmtpFrom { get; init; } = "";

    /// <summary>The account at the mail server; empty: it wants none.</summary>
    public string SmtpUser { get; init; } = "";

    /// <summary>Its password.</summary>
    public string SmtpPassword { get; init; } = "";

    /// <summary>The same, in a file.</summary>
    public string SmtpPasswordFile { get; init; } = "";

    /// <summary>How long handing over one message may take.</summary>
    public int SmtpTimeoutSeconds { get; init; } = 30;

    /// <summary>Web pages of other origins that may call the API.</summary>
    public string CorsOrigins { get; init; } = "";

    /// <summary>Runs that this process holds at once.</summary>
    public int WorkerConcurrency { get; init; } = 256;

    /// <summary>How long a worker may be silent before others take its runs; it renews at a third.</summary>
    public int LeaseSeconds { get; init; } = 30;

    /// <summary>How long runs may go on when the process is told to stop, before it hands them back.</summary>
    public int DrainSeconds { get; init; } = 30;

    /// <summary>What one run may keep of its steps, inputs and outputs together.</summary>
    public int RunDataMib { get; init; } = PipelineLimits.RunBytes >> 20;

    /// <summary>Requests of one agent that read.</summary>
    public int RateLimitReads { get; init; } = 100_000;

    /// <summary>Requests of one agent that change something.</summary>
    public int RateLimitWrites { get; init; } = 50_000;

    /// <summary>Logins and refreshes from one address.</summary>
    public int RateLimitLogins { get; init; } = 10_000;

    /// <summary>Requests of one agent worked on at once; more wait, for 5 seconds at most.</summary>
    public int RequestsAtOnce { get; init; } = 256;

    /// <summary>Runs of one agent that this process holds at once; more wait in the queue.</summary>
    public int RunsAtOnce { get; init; }

    /// <summary>Unfinished tasks of one agent; admins have no limit.</summary>
    public int TasksPerAgent { get; init; } = new TaskLimits().TasksPerAgent;

    /// <summary>Tasks that the runs of one task may make in a day (UTC).</summary>
    public int TaskChildrenPerDay { get; init; } = new TaskLimits().ChildrenPerDay;

    /// <summary>Occurrences that may run for one agent in a day (UTC).</summary>
    public int AgentFiresPerDay { get; init; } = new TaskLimits().FiresPerDay;

    public TaskLimits TaskLimits =>
        new()
        {
            TasksPerAgent = TasksPerAgent,
            ChildrenPerDay = TaskChildrenPerDay,
            FiresPerDay = AgentFiresPerDay,
        };

    /// <summary>How long runs and their ledger lines are kept.</summary>
    public int RunRetentionDays { get; init; } = 30;

    /// <summary>How long events are kept.</summary>
    public int EventRetentionDays { get; init; } = 7;

    /// <summary>How long the audit log is kept.</summary>
    public int AuditRetentionDays { get; init; } = 365;

    /// <summary>
    /// Who issues tokens: in earnest the URL that clients reach the server by; empty: the address that each calls.
    /// </summary>
    public string Issuer { get; init; } = "";

    /// <summary>Whom tokens are for.</summary>
    public string Audience { get; init; } = "ordinaut";

    /// <summary>How long an access token is valid.</summary>
    public int AccessTokenMinutes { get; init; } = 15;

    /// <summary>How long a session lasts without being used.</summary>
    public int RefreshTokenDays { get; init; } = 30;

    /// <summary>After how long another key signs tokens (<see href="security.md#keys">security.md</see>).</summary>
    public int SigningKeyDays { get; init; } = 90;

    /// <summary>How long a session lasts from its login, however often it is refreshed.</summary>
    public int SessionDays { get; init; } = 90;

    /// <summary>Whether a task of the program's own runs each minute (<see href="alerts.md">alerts.md</see>).</summary>
    public bool Canary { get; init; }

    /// <summary>Whom each of its runs calls, so that somebody outside notices when none does; empty: nobody.</summary>
    public string CanaryPingUrl { get; init; } = "";

    /// <summary>What this program calls itself among nodes; no setting, a test is another version by it.</summary>
    public string Version { get; init; } = Health.Version;

    /// <summary>Changes a statement's text before it is prepared; no setting, the port of mutation tests.</summary>
    public Func<string, string>? Rewrite { get; init; }

    /// <summary>
    /// The least severe line that the log tells; may be changed for a while
    /// ([telemetry.md](telemetry.md#the-level-while-it-runs)).
    /// </summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>Lines for people, or JSON for machines ([telemetry.md](telemetry.md#logs)).</summary>
    public string LogFormat { get; init; } = "text";

    /// <summary>
    /// The collector that traces and metrics go to ([telemetry.md](telemetry.md)); also `OTEL_EXPORTER_OTLP_ENDPOINT`,
    /// which this wins over; empty: none.
    /// </summary>
    public string OtlpEndpoint { get; init; } = "";

    /// <summary>How it is spoken to; also `OTEL_EXPORTER_OTLP_PROTOCOL`.</summary>
    public string OtlpProtocol { get; init; } = OtlpSettings.Http;

    /// <summary>What goes with each message, such as a key; also `OTEL_EXPORTER_OTLP_HEADERS`.</summary>
    public string OtlpHeaders { get; init; } = "";

    /// <summary>Whether the log goes there, too.</summary>
    public bool OtlpLogs { get; init; }

    /// <summary>What this server is called there, and among figures; also `OTEL_SERVICE_NAME`.</summary>
    public string OtlpServiceName { get; init; } = "ordinaut";

    /// <summary>What else is told of this server, such as where it stands; also `OTEL_RESOURCE_ATTRIBUTES`.</summary>
    public string OtlpResource { get; init; } = "";

    /// <summary>How often metrics go to it.</summary>
    public int OtlpIntervalSeconds { get; init; } = 60;

    /// <summary>How many of the traces that begin here are kept.</summary>
    public double TraceRatio { get; init; } = 0.05;

    /// <summary>Where people can sign in; empty: nowhere but here.</summary>
    public string OidcIssuer { get; init; } = "";

    /// <summary>What that provider calls this server.</summary>
    public string OidcClientId { get; init; } = "";

    /// <summary>What this server shows it; empty: it wants none.</summary>
    public string OidcClientSecret { get; init; } = "";

    /// <summary>The same, in a file.</summary>
    public string OidcClientSecretFile { get; init; } = "";

    /// <summary>The language model of <c>llm.generate</c>; empty: none.</summary>
    public string LlmUrl { get; init; } = "";

    /// <summary>Its key.</summary>
    public string LlmApiKey { get; init; } = "";

    /// <summary>Which models may be asked.</summary>
    public string LlmModels { get; init; } = "";

    /// <summary>How long an answer may take.</summary>
    public int LlmTimeoutSeconds { get; init; } = 120;

    /// <summary>What one agent may use in a day (UTC).</summary>
    public int LlmDailyTokens { get; init; } = 1_000_000;

    /// <summary>What one task may use in a day (UTC).</summary>
    public int LlmTaskTokens { get; init; } = 1_000_000;

    /// <summary>What one run may use in its life.</summary>
    public int LlmRunTokens { get; init; } = 250_000;

    /// <summary>What tokens cost, for the ledger of costs; empty: costs are not known.</summary>
    public string LlmPrices { get; init; } = "";
}
