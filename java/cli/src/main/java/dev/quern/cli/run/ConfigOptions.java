package dev.quern.cli.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.cli.data.DataSource;
import dev.quern.cli.option.NetworkSource;
import dev.quern.cli.process.Failures;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.io.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The option {@code --config}: a JSON or YAML file with options of {@code quern train} by their
 * names without dashes. Every run writes such a file, with its options and environment.
 */
public final class ConfigOptions {
  /**
   * Options that a run does not write to its configuration: locations, and options that do not
   * affect the result.
   */
  private static final Set<String> NOT_WRITTEN =
      Set.of(
          "--config",
          "--resume",
          "--help",
          "--version",
          Failures.DEBUG,
          "--out",
          "--overwrite",
          "--threads");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Read options from a JSON or YAML file, which contains them by name without the leading"
              + " dashes; options on the command line override them. Every run writes such a file,"
              + " config.json; with this file, --config repeats the run bit-identically.")
  private Path config;

  /** Options for image folders only; they are written only if they were given. */
  private static final Set<String> OF_PICTURES =
      Set.of("--resize", "--channels", "--size", "--label-kind", "--test-part", "--split-seed");

  /** Creates the option with its default; picocli sets its value. */
  ConfigOptions() {}

  public boolean isAsked() {
    return config != null;
  }

  /**
   * Returns the options of the file, followed by the command line's arguments. An option of the
   * file is omitted if the command line contains it.
   *
   * @throws NotFoundException if the file does not exist
   * @throws FormatException if the file is not JSON or YAML, or has an option that does not exist
   *     or is not allowed in a file
   */
  public List<String> words() {
    Set<String> own = new LinkedHashSet<>();
    List<String> said = said(command, Set.of("--config"), own);
    ConfigFile file = ConfigFile.read("config", config);
    List<String> words = file.words(command, own);
    words.addAll(said);
    return words;
  }

  /**
   * Returns the given options as command-line arguments, each option once, with absolute paths, and
   * adds their names to {@code names}.
   */
  public static List<String> said(CommandSpec command, Set<String> without, Set<String> names) {
    List<String> words = new ArrayList<>();
    Set<OptionSpec> given =
        new LinkedHashSet<>(command.commandLine().getParseResult().matchedOptions());
    for (OptionSpec o : given) {
      String name = o.longestName();
      if (without.contains(name)) {
        continue;
      }
      names.add(name);
      words.add(name);
      if (o.arity().max() > 0) {
        words.add(value(o));
      }
    }
    return words;
  }

  /** Returns the last value of a given option; a path is made absolute. */
  private static String value(OptionSpec o) {
    List<String> given = o.originalStringValues();
    String last = given.isEmpty() ? "" : given.get(given.size() - 1);
    if (last.isEmpty() && o.arity().min() == 0) {
      return o.fallbackValue();
    }
    String value = o.isMultiValue() ? String.join(",", given) : last;
    boolean path =
        o.type() == Path.class
            || o.getValue() instanceof ModelArgument m && m.isFile()
            || o.getValue() instanceof DataSource s && s.isOwn()
            || o.getValue() instanceof NetworkSource.Description;
    return path ? Path.of(value).toAbsolutePath().toString() : value;
  }

  /**
   * Returns the configuration of a run as JSON.
   *
   * @param resolved values, by name, of options whose defaults depend on other options
   * @param provenance further facts needed to repeat the run
   * @param isUsed whether the run uses the option with this name, such as {@code --net}
   */
  public String written(
      Map<String, String> resolved, Map<String, String> provenance, Predicate<String> isUsed) {
    ObjectNode out = Json.NODES.objectNode();
    Set<OptionSpec> given =
        new LinkedHashSet<>(command.commandLine().getParseResult().matchedOptions());
    boolean from = given.stream().anyMatch(o -> o.longestName().equals("--from"));
    for (OptionSpec o : command.options()) {
      String name = o.longestName();
      boolean unused = name.equals("--net") && from;
      if (NOT_WRITTEN.contains(name) || unused || !isUsed.test(name)) {
        continue;
      }
      String key = name.substring(2);
      if (o.arity().max() == 0) {
        out.put(key, given.contains(o));
      } else if (given.contains(o)) {
        put(out, key, value(o));
      } else if (resolved.containsKey(key)
          || o.defaultValue() != null && !OF_PICTURES.contains(name)) {
        put(out, key, resolved.getOrDefault(key, o.defaultValue()));
      }
    }
    ObjectNode where = out.putObject(ConfigFile.PROVENANCE);
    provenance.forEach(where::put);
    return out.toPrettyString() + "\n";
  }

  /** Adds a value: as a JSON number if it is an integer of at most 18 digits, else as a string. */
  private static void put(ObjectNode out, String key, String value) {
    if (value.matches("-?(0|[1-9][0-9]{0,17})")) {
      out.put(key, Long.parseLong(value));
    } else {
      out.put(key, value);
    }
  }

  /** Parses arguments that combine a configuration file and the command line. */
  public static CommandLine parsed(CommandLine line, String where, List<String> words) {
    try {
      line.parseArgs(words.toArray(new String[0]));
      return line;
    } catch (CommandLine.ParameterException e) {
      throw new FormatException(where + ": " + e.getMessage(), e);
    }
  }
}
