package dev.quern.internal;

import dev.quern.error.NotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;

/** Finds services that other modules provide. */
public final class Services {
  /** Cache of the services that this library's class loader found, which do not change. */
  private static final ConcurrentHashMap<Class<?>, List<?>> BESIDE = new ConcurrentHashMap<>();

  private Services() {}

  /**
   * Returns the services that this library's class loader finds or, if it finds none, the services
   * that the context class loader of the calling thread finds.
   *
   * @param operation name of the operation, with which messages begin
   * @param missing message if there is no service
   * @throws NotFoundException if there is no service
   */
  public static <T> List<T> all(Class<T> service, String operation, String missing) {
    @SuppressWarnings("unchecked") // each value was stored under its own class
    List<T> found = (List<T>) BESIDE.getOrDefault(service, List.of());
    try {
      if (found.isEmpty()) {
        found = list(service, service.getClassLoader());
        if (!found.isEmpty()) {
          BESIDE.put(service, found);
        }
      }
      if (found.isEmpty()) {
        found = list(service, Thread.currentThread().getContextClassLoader());
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      NotFoundException failed = new NotFoundException(operation + ": " + e);
      failed.initCause(e);
      throw failed;
    }
    if (found.isEmpty()) {
      throw new NotFoundException(operation + ": " + missing);
    }
    return found;
  }

  private static <T> List<T> list(Class<T> service, ClassLoader loader) {
    List<T> all = new ArrayList<>();
    ServiceLoader.load(service, loader).forEach(all::add);
    return List.copyOf(all);
  }
}
