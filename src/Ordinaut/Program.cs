return await Ordinaut.Cli.CommandLine.Run(args);
