package dev.quern.tests;

import dev.quern.engine.Engine;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.spi.ToolProvider;

/**
 * Compiles programs together and runs one after the other in this JVM: a compiler and a JVM for
 * each take most of such a program's time. The arguments are a folder, how many of the programs
 * run, and the sources, of which those behind that number are compiled alone. What the program of
 * index i prints is afterwards in {@code i.txt} of that folder; the program's own folder is there
 * under its name.
 */
final class ProgramsMain {
  private ProgramsMain() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    int run = Integer.parseInt(args[1]);
    List<Path> sources = List.of(args).subList(2, args.length).stream().map(Path::of).toList();
    Path classes = folder.resolve("classes");
    compile(sources, classes);
    for (int i = 0; i < run; i++) {
      // other tests have the other cores: more threads would only wait for each other
      Engine.setThreads(1);
      run(sources.get(i), classes, folder, folder.resolve(i + ".txt"));
    }
  }

  /** The class, and the folder, of a program. */
  static String name(Path source) {
    return source.getFileName().toString().replace(".java", "");
  }

  private static void compile(List<Path> sources, Path classes) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-proc:none", "-cp", System.getProperty("java.class.path")));
    arguments.addAll(List.of("-d", classes.toString()));
    // a program that runs twice is compiled once
    new TreeSet<>(sources).forEach(source -> arguments.add(source.toString()));
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(out, out, arguments.toArray(new String[0]));
    if (status != 0 || !text.toString().isEmpty()) {
      throw new AssertionError("javac: " + text);
    }
  }

  private static void run(Path source, Path classes, Path folder, Path output) throws IOException {
    Path own = Files.createDirectories(folder.resolve(name(source)));
    PrintStream out = System.out;
    PrintStream err = System.err;
    // static fields are a program's own, as in a JVM of its own
    try (PrintStream file = new PrintStream(Files.newOutputStream(output), true);
        URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      System.setOut(file);
      System.setErr(file);
      try {
        Method main = loader.loadClass(name(source)).getDeclaredMethod("main", String[].class);
        main.setAccessible(true);
        main.invoke(null, (Object) new String[] {own.toString()});
      } catch (InvocationTargetException e) {
        e.getCause().printStackTrace(file);
      } catch (ReflectiveOperationException e) {
        e.printStackTrace(file);
      }
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }
}
