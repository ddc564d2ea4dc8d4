using System.Buffers.Binary;
using System.Text;
using Ordinaut.Hosting;
using Ordinaut.Tests.Tools;

namespace Ordinaut.Tests.Hosting;

/// <summary>A collector of OTLP over HTTP, which reads of the messages what the stories look at.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly FakeServer _server;
    private readonly Lock _turn = new();
    private readonly List<Span> _spans = [];
    private readonly HashSet<string> _metrics = [];
    private readonly List<Line> _lines = [];
    private readonly HashSet<string> _resources = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Collector() => _server = new FakeServer(Take);

    public string Url => _server.Url;

    /// <summary>All that came, as it came.</summary>
    public IReadOnlyList<Received> Messages => [.. _server.Requests];

    public IReadOnlyList<Span> Spans
    {
        get
        {
            lock (_turn)
            {
                return [.. _spans];
            }
        }
    }

    /// <summary>Who sent, as <c>name=value</c>: of all messages.</summary>
    public IReadOnlyCollection<string> Resources
    {
        get
        {
            lock (_turn)
            {
                return [.. _resources];
            }
        }
    }

    /// <summary>The server as it sends here, and keeps of traces this share.</summary>
    public Func<OrdinautOptions, OrdinautOptions> Hears(double ratio) =>
        o => o with { OtlpEndpoint = Url, TraceRatio = ratio, OtlpIntervalSeconds = 1, EgressAllow = "127.0.0.1" };

    /// <summary>So many spans that are as wanted, when they have come.</summary>
    public async Task<IReadOnlyList<Span>> When(int count, Func<Span, bool> wanted)
    {
        // For the whole wait: figures come each second, and are news, too.
        var tooLate = Task.Delay(OrdinautApp.Patience);
        while (true)
        {
            var news = _news.Task;
            if (Spans.Where(wanted).ToList() is { } found && found.Count >= count)
            {
                return [.. found.OrderBy(span => span.Start)];
            }

            if (await Task.WhenAny(news, tooLate) == tooLate)
            {
                var there = string.Join("\n", Spans.Select(span => span.ToString()));
                throw new TimeoutException($"Not {count} spans that are as wanted came, but:\n{there}");
            }
        }
    }

    public async Task<Span> When(Func<Span, bool> wanted) => Assert.Single(await When(1, wanted));

    /// <summary>The first line of the log that is as wanted, when it has come.</summary>
    public async Task<Line> WhenLine(Func<Line, bool> wanted)
    {
        while (true)
        {
            var news = _news.Task;
            lock (_turn)
            {
                if (_lines.Find(line => wanted(line)) is { } found)
                {
                    return found;
                }
            }

            await news.WaitAsync(OrdinautApp.Patience);
        }
    }

    public async Task WhenMetric(string name)
    {
        while (true)
        {
            var news = _news.Task;
            lock (_turn)
            {
                if (_metrics.Contains(name))
                {
                    return;
                }
            }

            await news.WaitAsync(OrdinautApp.Patience);
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private byte[] Take(Received request)
    {
        var message = new Message(request.Body);
        lock (_turn)
        {
            // ExportTraceServiceRequest and its like for metrics and logs: of a resource, of a scope, one by one.
            _resources.UnionWith(message.All(1).SelectMany(of => of.All(1)).SelectMany(of => of.All(1)).Select(Pair));
            var items = message.All(1).SelectMany(of => of.All(2)).SelectMany(of => of.All(2));
            if (request.Target == "/v1/traces")
            {
                _spans.AddRange(items.Select(Span.Read));
            }
            else if (request.Target == "/v1/logs")
            {
                _lines.AddRange(items.Select(Line.Read));
            }
            else
            {
                _metrics.UnionWith(items.Select(metric => metric.Text(1)));
            }
        }

        var news = Interlocked.Exchange(ref _news, new(TaskCreationOptions.RunContinuationsAsynchronously));
        news.SetResult();
        return FakeServer.Answer(200, "Content-Type: application/x-protobuf\r\n");
    }

    private static string Pair(Message tag) => $"{tag.Text(1)}={ValueOf(tag.All(2).Single())}";

    private static string ValueOf(Message any) => any.Has(1) ? any.Text(1) : $"{any.Number(3)}";

    /// <summary>opentelemetry.proto.logs.v1.LogRecord.</summary>
    internal sealed record Line(string Event, string Body, string Trace)
    {
        public IReadOnlyDictionary<string, string> Fields { get; private init; } = new Dictionary<string, string>();

        public static Line Read(Message line) =>
            new(line.Text(12), line.All(5).Select(ValueOf).FirstOrDefault(""), line.Hex(9))
            {
                Fields = line.All(6).ToDictionary(tag => tag.Text(1), tag => ValueOf(tag.All(2).Single())),
            };
    }

    /// <summary>opentelemetry.proto.trace.v1.Span.</summary>
    internal sealed record Span(string Trace, string Id, string Parent, string Name, long Kind)
    {
        public const int Server = 2;
        public const int Client = 3;
        public const int Producer = 4;
        public const int Consumer = 5;

        public ulong Start { get; private init; }
        public string State { get; private init; } = "";
        public string Error { get; private init; } = "";
        public bool HasFailed { get; private init; }
        public IReadOnlyDictionary<string, string> Tags { get; private init; } = new Dictionary<string, string>();
        public IReadOnlyList<(string Trace, string Id)> Links { get; private init; } = [];

        /// <summary>As it is told to whoever it calls.</summary>
        public string AsParent => $"00-{Trace}-{Id}-01";

        public static Span Read(Message span) =>
            new(span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), span.Number(6))
            {
                State = span.Text(3),
                Start = span.Fixed(7),
                HasFailed = span.All(15).Any(status => status.Number(3) == 2),
                Error = span.All(15).Select(status => status.Text(2)).FirstOrDefault(""),
                Tags = span.All(9).ToDictionary(tag => tag.Text(1), tag => ValueOf(tag.All(2).Single())),
                Links = [.. span.All(13).Select(link => (link.Hex(1), link.Hex(2)))],
            };
    }

    /// <summary>A message of Protocol Buffers by the numbers of its fields.</summary>
    internal sealed class Message
    {
        private readonly List<(int Field, ulong Number, byte[] Bytes)> _fields = [];

        public Message(byte[] bytes)
        {
            var left = bytes.AsSpan();
            while (left.Length > 0)
            {
                var key = VarInt(ref left);
                switch (key & 7)
                {
                    case 0:
                        _fields.Add(((int)(key >> 3), VarInt(ref left), []));
                        break;
                    case 1:
                        _fields.Add(((int)(key >> 3), BinaryPrimitives.ReadUInt64LittleEndian(left), []));
                        left = left[8..];
                        break;
                    case 2:
                        var length = (int)VarInt(ref left);
                        _fields.Add(((int)(key >> 3), 0, left[..length].ToArray()));
                        left = left[length..];
                        break;
                    case 5:
                        _fields.Add(((int)(key >> 3), BinaryPrimitives.ReadUInt32LittleEndian(left), []));
                        left = left[4..];
                        break;
                    default:
                        throw new InvalidDataException("This is no Protocol Buffers.");
                }
            }
        }

        public IEnumerable<Message> All(int field) =>
            _fields.Where(each => each.Field == field).Select(each => new Message(each.Bytes));

        public bool Has(int field) => _fields.Any(each => each.Field == field);

        public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

        public string Hex(int field) => Convert.ToHexStringLower(Bytes(field));

        public long Number(int field) => (long)Fixed(field);

        public ulong Fixed(int field) => _fields.FirstOrDefault(each => each.Field == field).Number;

        private byte[] Bytes(int field) => _fields.FirstOrDefault(each => each.Field == field).Bytes ?? [];

        private static ulong VarInt(ref System.Span<byte> left)
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var next = left[0];
                left = left[1..];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
