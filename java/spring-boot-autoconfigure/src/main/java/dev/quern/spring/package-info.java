/**
 * Auto-configuration for Spring Boot: models as beans, configured by properties, see {@link
 * dev.quern.spring.QuernProperties}.
 */
@NullMarked
package dev.quern.spring;

import org.jspecify.annotations.NullMarked;
