/* Export and exception macros, in a separate header so that the JavaCPP parser does not read the conditionals. */
#ifndef QUERN_EXPORT_H
#define QUERN_EXPORT_H

#if defined(_WIN32)
#define QUERN_API
#else
#define QUERN_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
#define QUERN_NOEXCEPT noexcept
#else
#define QUERN_NOEXCEPT
#endif

#endif
