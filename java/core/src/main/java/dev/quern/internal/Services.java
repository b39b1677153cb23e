package dev.quern.internal;

import dev.quern.error.NotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;

/** Lookup of services that other modules provide. */
public final class Services {
  /** Services of this library's class loader, which do not change; only kinds that were found. */
  private static final ConcurrentHashMap<Class<?>, List<?>> BESIDE = new ConcurrentHashMap<>();

  private Services() {}

  /**
   * Returns the services of this library's class loader, or else those of the calling thread's.
   *
   * @param operation for messages
   * @param missing message if there is no service
   * @throws NotFoundException if there is no service
   */
  public static <T> List<T> all(Class<T> service, String operation, String missing) {
    @SuppressWarnings("unchecked") // put below, by the same class
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
