package dev.quern.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.cli.process.Failures;
import dev.quern.error.FormatException;
import dev.quern.io.file.RegularFile;
import dev.quern.io.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * A configuration file: options of {@code quern train} by name, without dashes.
 *
 * @param where source of the options, for messages
 */
public record ConfigFile(String where, ObjectNode options) {
  /** Maximum file size in bytes, far beyond any realistic list of options. */
  private static final int LARGEST = 16 << 20;

  /** Key of the run's provenance, which is not an option and is ignored. */
  static final String PROVENANCE = "provenance";

  /** Words that are booleans in YAML 1.1, but strings in YAML 1.2. */
  private static final Set<String> YES_OR_NO = Set.of("yes", "no", "on", "off", "y", "n");

  /** Options that a file must not contain. */
  private static final Set<String> NOT_READ =
      Set.of("--config", "--resume", "--help", "--version", Failures.DEBUG);

  /**
   * Reads a file.
   *
   * @param what description of the file, for messages
   * @throws dev.quern.error.NotFoundException if the file does not exist
   * @throws FormatException if the file is not valid JSON (or YAML, depending on its extension), or
   *     its content is not an object
   */
  public static ConfigFile read(String what, Path file) {
    String where = what + ": " + file;
    String text = RegularFile.readText(what, file, LARGEST);
    boolean yaml = YamlText.isYaml(file);
    JsonNode root = yaml ? YamlText.parse(where, text) : Json.parse(where, text);
    if (root instanceof ObjectNode object) {
      object.remove(PROVENANCE);
      return new ConfigFile(where, object);
    }
    throw new FormatException(
        where + (yaml ? " is not a map of options" : " is not a JSON object"));
  }

  /**
   * Returns the options as command-line arguments.
   *
   * @param without names of options to omit
   * @throws FormatException if an option does not exist, is not allowed in a file, or has a value
   *     of the wrong type
   */
  public List<String> words(CommandSpec command, Set<String> without) {
    List<String> words = new ArrayList<>();
    for (Map.Entry<String, JsonNode> e : options.properties()) {
      add(words, command, without, "--" + e.getKey(), e.getValue());
    }
    return words;
  }

  private void add(
      List<String> words, CommandSpec command, Set<String> without, String name, JsonNode value) {
    OptionSpec option = command.optionsMap().get(name);
    if (option == null || NOT_READ.contains(name)) {
      throw wrong("unknown option '" + name.substring(2) + "' in a file" + near(command, name));
    }
    boolean instead = name.equals("--net") && without.contains("--from");
    if (without.contains(name) || instead) {
      return;
    }
    boolean truth =
        value.isBoolean() || YES_OR_NO.contains(value.asText().toLowerCase(Locale.ROOT));
    if (option.arity().max() == 0 || option.arity().min() == 0 && truth) {
      if (!value.isBoolean()) {
        throw wrong("'" + name.substring(2) + "' must be true or false, not " + value);
      }
      if (value.booleanValue()) {
        words.add(name);
      }
      return;
    }
    List<String> parts = new ArrayList<>();
    for (JsonNode part : value.isArray() ? value : List.of(value)) {
      if (!part.isTextual() && !part.isNumber()) {
        throw wrong("'" + name.substring(2) + "' must be a string or a number, not " + value);
      }
      parts.add(part.asText());
    }
    if (parts.isEmpty() || parts.size() > 1 && !option.isMultiValue()) {
      throw wrong("'" + name.substring(2) + "' must be one value, not " + value);
    }
    words.add(name);
    words.add(String.join(",", parts));
  }

  private static String near(CommandSpec command, String name) {
    List<String> near =
        new ArrayList<>(
            new UnmatchedArgumentException(command.commandLine(), List.of(name)).getSuggestions());
    near.removeAll(NOT_READ);
    return near.isEmpty()
        ? ""
        : "; did you mean "
            + String.join(", ", near.stream().map(s -> s.replaceFirst("^--", "")).toList());
  }

  private FormatException wrong(String why) {
    return new FormatException(where + ": " + why);
  }
}
