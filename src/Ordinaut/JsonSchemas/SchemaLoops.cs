namespace Ordinaut.JsonSchemas;

/// <summary>
/// Refuses schemas that apply themselves to the same value for ever (core 2020-12, section 9.4.1). Dynamic
/// references are known only during a validation; there <see cref="SchemaLimits.EvaluationDepth"/> stops them.
/// </summary>
internal static class SchemaLoops
{
    public static void Refuse(IEnumerable<SchemaNode> nodes)
    {
        var left = new HashSet<SchemaNode>();
        foreach (var node in nodes)
        {
            Visit(node, left);
        }
    }

    /// <summary>Depth first with a stack of its own: a chain of references may be as long as the schema.</summary>
    private static void Visit(SchemaNode start, HashSet<SchemaNode> left)
    {
        var entered = new HashSet<SchemaNode>();
        var stack = new Stack<(SchemaNode Node, IEnumerator<SchemaNode> Next)>();
        Push(start);
        while (stack.TryPeek(out var top))
        {
            if (!top.Next.MoveNext())
            {
                left.Add(top.Node);
                entered.Remove(top.Node);
                stack.Pop();
            }
            else if (entered.Contains(top.Next.Current))
            {
                throw new SchemaException(top.Node.Pointer, "applies itself to the same value without end");
            }
            else
            {
                Push(top.Next.Current);
            }
        }

        void Push(SchemaNode node)
        {
            if (!left.Contains(node) && entered.Add(node))
            {
                stack.Push((node, node.Keywords.SelectMany(k => k.InPlace).GetEnumerator()));
            }
        }
    }
}
