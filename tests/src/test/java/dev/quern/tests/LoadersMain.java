package dev.quern.tests;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Quern in several class loaders of one JVM, as in a server with several web applications. */
public final class LoadersMain {
  private LoadersMain() {}

  /**
   * @param args "together" for several at once, "after" for one after another, "shared" for several
   *     that share JavaCPP
   */
  public static void main(String[] args) throws Exception {
    Set<String> results = new TreeSet<>();
    ClassLoader parent = ClassLoader.getPlatformClassLoader();
    if (args[0].equals("shared")) {
      parent = new URLClassLoader(urls("javacpp"), parent);
    }
    List<URLClassLoader> applications = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      URLClassLoader application = new URLClassLoader(urls(""), parent);
      results.add(train(application));
      if (args[0].equals("after")) {
        application.close();
      } else {
        applications.add(application);
      }
    }
    for (URLClassLoader application : applications) {
      results.add(train(application));
    }
    System.out.println(results);
  }

  /** What of the class path has this in its name. */
  private static URL[] urls(String part) throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (element.contains(part)) {
        urls.add(Path.of(element).toUri().toURL());
      }
    }
    return urls.toArray(URL[]::new);
  }

  private static String train(ClassLoader application) throws ReflectiveOperationException {
    Class<?> main = Class.forName(LoadMain.class.getName(), true, application);
    return (String) main.getMethod("train").invoke(null);
  }
}
