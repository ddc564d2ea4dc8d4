using Ordinaut.Pipelines;
using Ordinaut.Redis;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Hosting;

/// <summary>
/// Every setting, with its default. Names, ranges and units are in <see cref="Settings"/>, which reads them from
/// <c>appsettings.json</c> (section <c>ordinaut</c>), then <c>ORDINAUT_*</c> variables, then flags; later ones win.
/// </summary>
internal sealed record OrdinautOptions
{
    /// <summary>Where to listen: http and https URLs separated by semicolons. Loopback unless said otherwise.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    /// <summary>The certificate of https URLs, PEM or PFX; empty: none.</summary>
    public string TlsCertificate { get; init; } = "";

    /// <summary>The key of that certificate in PEM; empty: in the same file.</summary>
    public string TlsKey { get; init; } = "";

    /// <summary>The file of the key's password; empty: it has none.</summary>
    public string TlsPasswordFile { get; init; } = "";

    /// <summary>The folder of the database and of <c>admin.json</c>; made when absent.</summary>
    public string Data { get; init; } = "ordinaut-data";

    /// <summary>The SQLite file in the data folder; only a database URL names another.</summary>
    public string DatabaseName { get; init; } = "ordinaut.db";

    /// <summary>The PostgreSQL database that many nodes share; empty: the SQLite file.</summary>
    public string PostgresUrl { get; init; } = "";

    /// <summary>
    /// The same database past the transaction pooler (such as PgBouncer) that the database URL names; empty: no pooler.
    /// </summary>
    public string PostgresDirectUrl { get; init; } = "";

    /// <summary>Connections this process opens to PostgreSQL for work and reading, beside four of its own.</summary>
    public int DatabaseConnections { get; init; } = 14;

    /// <summary>How to reach PostgreSQL; null: the data is in SQLite.</summary>
    public PostgresSettings? Postgres
    {
        get
        {
            var reading = DatabaseConnections * 2 / 5;
            return PostgresUrl.Length == 0
                ? null
                : new PostgresSettings(PostgresUrl)
                {
                    ReadConnections = reading,
                    WorkConnections = DatabaseConnections - reading,
                    DirectAddress = PostgresDirectUrl.Length == 0 ? null : PostgresDirectUrl,
                    Rewrite = Rewrite,
                };
        }
    }

    /// <summary>The Redis server that nodes tell one another by; empty: none.</summary>
    public string RedisUrl { get; init; } = "";

    /// <summary>How to reach Redis; null: there is none.</summary>
    public RedisSettings? Redis => RedisUrl.Length == 0 ? null : new RedisSettings(RedisUrl);

    /// <summary>Where the data is, as it may be shown.</summary>
    public string Place => Postgres?.Shown ?? Data;

    /// <summary>What this process does.</summary>
    public Role Role { get; init; } = Role.All;

    /// <summary>The time zone (IANA id) of tasks that name none.</summary>
    public string Timezone { get; init; } = "UTC";

    /// <summary>Hosts, host:ports and CIDRs that tools may reach although they are private; comma-separated.</summary>
    public string EgressAllow { get; init; } = "";

    /// <summary>What declares tools from outside; empty: <c>tools.json</c> in the data folder, if there.</summary>
    public string ToolsFile { get; init; } = "";

    /// <summary>The programs that may be started as MCP servers: absolute paths, comma-separated.</summary>
    public string ToolsCommands { get; init; } = "";

    /// <summary>The keys that secrets are under, base64, comma-separated; empty: they are in a file.</summary>
    public string SecretsKey { get; init; } = "";

    /// <summary>The file of those keys; empty: <c>secrets.key</c> in the data folder.</summary>
    public string SecretsKeyFile { get; init; } = "";

    /// <summary>The program that prints those keys, with its arguments; empty: none.</summary>
    public string SecretsKeyCommand { get; init; } = "";

    /// <summary>Where backups go; empty: the server makes none by itself.</summary>
    public string BackupFolder { get; init; } = "";

    /// <summary>The keys that seal them, base64, comma-separated; empty: they are in a file. Never shown.</summary>
    public string BackupKey { get; init; } = "";

    /// <summary>The file of those keys.</summary>
    public string BackupKeyFile { get; init; } = "";

    /// <summary>How far back a restore can go.</summary>
    public int BackupKeepDays { get; init; } = 14;

    /// <summary>The folder of PostgreSQL's programs; empty: they are on the PATH.</summary>
    public string BackupPrograms { get; init; } = "";

    /// <summary>The account that those run under, where this process is root; empty: its own.</summary>
    public string BackupAccount { get; init; } = "";

    /// <summary>The mail server that <c>email.send</c> uses; empty: none.</summary>
    public string SmtpUrl { get; init; } = "";

    /// <summary>The address that messages are from.</summary>
    public string SmtpFrom { get; init; } = "";

    /// <summary>The account at the mail server; empty: it wants none.</summary>
    public string SmtpUser { get; init; } = "";

    /// <summary>Its password; never shown.</summary>
    public string SmtpPassword { get; init; } = "";

    /// <summary>The file of its password; empty: the setting beside this one.</summary>
    public string SmtpPasswordFile { get; init; } = "";

    /// <summary>How long handing over one message may take.</summary>
    public int SmtpTimeoutSeconds { get; init; } = 30;

    /// <summary>Origins of web pages that may call the API, such as https://app.example; comma-separated.</summary>
    public string CorsOrigins { get; init; } = "";

    /// <summary>Runs carried out at once by this process.</summary>
    public int WorkerConcurrency { get; init; } = 256;

    /// <summary>How long a worker's claim on a run lasts without renewal.</summary>
    public int LeaseSeconds { get; init; } = 30;

    /// <summary>How long a stopping process lets its runs finish before it hands them back.</summary>
    public int DrainSeconds { get; init; } = 30;

    /// <summary>How much one run may keep of its steps, inputs and outputs together.</summary>
    public int RunDataMib { get; init; } = PipelineLimits.RunBytes >> 20;

    /// <summary>Reading requests one agent may make in a second, more than a machine answers; 0: no limit.</summary>
    public int RateLimitReads { get; init; } = 100_000;

    /// <summary>The same of writing requests.</summary>
    public int RateLimitWrites { get; init; } = 50_000;

    /// <summary>Logins and refreshes in a second from one address; 0: no limit.</summary>
    public int RateLimitLogins { get; init; } = 10_000;

    /// <summary>Requests of one agent worked on at once, more of which wait; 0: no limit.</summary>
    public int RequestsAtOnce { get; init; } = 256;

    /// <summary>Tasks that one agent may have at once; finished ones do not count, and admins have no limit.</summary>
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

    /// <summary>How long finished runs are kept.</summary>
    public int RunRetentionDays { get; init; } = 30;

    /// <summary>How long events are kept.</summary>
    public int EventRetentionDays { get; init; } = 7;

    /// <summary>How long the audit log is kept.</summary>
    public int AuditRetentionDays { get; init; } = 365;

    /// <summary>The <c>iss</c> of tokens; empty: the address that whoever got them called.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>The <c>aud</c> of tokens.</summary>
    public string Audience { get; init; } = "ordinaut";

    /// <summary>How long an access token lives.</summary>
    public int AccessTokenMinutes { get; init; } = 15;

    /// <summary>How long an unused refresh token lives.</summary>
    public int RefreshTokenDays { get; init; } = 30;

    /// <summary>After how long another key signs tokens.</summary>
    public int SigningKeyDays { get; init; } = 90;

    /// <summary>How long a session lasts from its login, however often it is refreshed.</summary>
    public int SessionDays { get; init; } = 90;

    /// <summary>What this program calls itself among nodes; no setting, a test is another version by it.</summary>
    public string Version { get; init; } = Health.Version;

    /// <summary>Changes a statement's text before it is prepared; no setting, the port of mutation tests.</summary>
    public Func<string, string>? Rewrite { get; init; }

    /// <summary>The least severe log line written.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>Log lines as <c>text</c> or <c>json</c>.</summary>
    public string LogFormat { get; init; } = "text";

    /// <summary>Where traces and metrics go by OTLP, such as http://127.0.0.1:4318; empty: nowhere.</summary>
    public string OtlpEndpoint { get; init; } = "";

    /// <summary>How OTLP is spoken: <c>http/protobuf</c> or <c>grpc</c>.</summary>
    public string OtlpProtocol { get; init; } = OtlpSettings.Http;

    /// <summary>What goes with each message: NAME=VALUE, comma-separated, such as a key. Never shown.</summary>
    public string OtlpHeaders { get; init; } = "";

    /// <summary>How often metrics go.</summary>
    public int OtlpIntervalSeconds { get; init; } = 60;

    /// <summary>How many of the traces that begin here are kept, from 0 (none) to 1 (all).</summary>
    public double TraceRatio { get; init; } = 0.05;

    /// <summary>The OpenID provider that people sign in with, by its issuer; empty: none.</summary>
    public string OidcIssuer { get; init; } = "";

    /// <summary>What that provider calls this server.</summary>
    public string OidcClientId { get; init; } = "";

    /// <summary>The secret that this server shows it; empty: it wants none. Never shown.</summary>
    public string OidcClientSecret { get; init; } = "";

    /// <summary>The file of that secret; empty: the setting beside this one.</summary>
    public string OidcClientSecretFile { get; init; } = "";

    /// <summary>The root of the OpenAI-compatible API that <c>llm.generate</c> asks; empty: none.</summary>
    public string LlmUrl { get; init; } = "";

    /// <summary>The key of that API; never shown.</summary>
    public string LlmApiKey { get; init; } = "";

    /// <summary>The models that may be asked, comma-separated; the first when a step names none.</summary>
    public string LlmModels { get; init; } = "";

    /// <summary>How long one answer of a model may take.</summary>
    public int LlmTimeoutSeconds { get; init; } = 120;

    /// <summary>The tokens that each agent may spend in a day (UTC); 0: none.</summary>
    public int LlmDailyTokens { get; init; } = 1_000_000;

    /// <summary>The tokens that each task may spend in a day (UTC).</summary>
    public int LlmTaskTokens { get; init; } = 1_000_000;

    /// <summary>The tokens that each run may spend.</summary>
    public int LlmRunTokens { get; init; } = 250_000;

    /// <summary>The file of what models cost; empty: costs are not known.</summary>
    public string LlmPrices { get; init; } = "";
}
