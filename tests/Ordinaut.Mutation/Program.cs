using Ordinaut.Mutation;

const string Usage = "Ordinaut.Mutation FOLDER [--sample N] [--seed N] [--minutes N] [--only ID,ID]";

if (args.Length % 2 != 1)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

var options = args.Skip(1).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
return await new Campaign(args[0], options).Run();
