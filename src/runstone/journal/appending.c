/* What `appending.py` does, to the byte, compiled: Python imports this in its place.
 *
 * A training loop calls this amid its own work, which leaves the caches cold: Python takes 10 microseconds for a line
 * there, this 5, half of which the system takes for the append itself.
 *
 * The interpreter's lock is held from the look at the journal's lock to the end, and nothing between them runs code of
 * Python or makes an object that is collected. So no other thread comes between, and no signal's handler.
 */

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000 /* one build for CPython 3.11 and all that follow */
#include <Python.h>
#include <structmember.h>

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* Bytes. What surrounds the values of a line takes at most 115: three int64 of up to 20, a checksum of 8, and 47 that
 * are always the same. */
enum { AROUND_THE_VALUES = 115, USUAL_LINE = 4096, LONG_TEXT = 1024 };

typedef struct {
    PyObject_HEAD
    int file;
    char is_whole;
    long long n, size, most_bytes;
    PyObject *names, *lock, *is_locked;
} Appending;

static PyObject *encode;                   /* msgspec's, of JSON */
static PyObject *allocate_lock;            /* Python's */
static PyObject *time_module, *clock_name; /* the module, and what its clock is called */
static uint32_t remainders[4][256];

/* An int that is no subclass's, from `lowest` to the greatest int64. Raises nothing. */
static int read_integer(PyObject *given, long long lowest, long long *value)
{
    int overflow;

    if (!PyLong_CheckExact(given))
        return 0;
    *value = PyLong_AsLongLongAndOverflow(given, &overflow);
    return overflow == 0 && *value >= lowest;
}

/* Milliseconds since the Unix epoch by the clock of Python, which tests may have frozen; -1 where Python raised. */
static long long now(void)
{
    PyObject *time_ns = PyObject_GetAttr(time_module, clock_name);
    PyObject *moment = time_ns == NULL ? NULL : PyObject_CallNoArgs(time_ns);
    long long nanoseconds = moment == NULL ? -1 : PyLong_AsLongLong(moment);

    Py_XDECREF(time_ns);
    Py_XDECREF(moment);
    return nanoseconds < 0 ? -1 : nanoseconds / 1000000;
}

/* Whether all values are finite floats whose names were found right; -1 where Python raised. */
static int are_usual(PyObject *values, PyObject *names)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;

    while (PyDict_Next(values, &position, &key, &value)) {
        if (!PyUnicode_CheckExact(key) || !PyFloat_CheckExact(value) || !isfinite(PyFloat_AsDouble(value)))
            return 0;
        int is_known = PySet_Contains(names, key);
        if (is_known != 1)
            return is_known;
    }
    return 1;
}

/* CRC-32 as zlib's `crc32` has it; that function of Python lets the interpreter go for a long text. Four bytes at once
 * take a third of the time, and tables that a short text would fetch into the caches for little. */
static uint32_t checksum(const char *text, Py_ssize_t length)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + length;
    uint32_t crc = 0xFFFFFFFF;

    for (; length >= LONG_TEXT && end - at >= 4; at += 4) {
        crc ^= at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
        crc = remainders[3][crc & 0xFF] ^ remainders[2][(crc >> 8) & 0xFF] ^ remainders[1][(crc >> 16) & 0xFF] ^
              remainders[0][crc >> 24];
    }
    for (; at < end; at++)
        crc = remainders[0][(crc ^ *at) & 0xFF] ^ (crc >> 8);
    return ~crc;
}

/* What follows writes what it is given to where it is told, and says where that ends. `sprintf` takes half a microsecond
 * more for a line where the caches are cold. */

static char *put(char *to, const char *text, Py_ssize_t length)
{
    memcpy(to, text, (size_t)length);
    return to + length;
}

static char *put_literal(char *to, const char *text)
{
    return put(to, text, (Py_ssize_t)strlen(text));
}

static char *put_integer(char *to, long long value)
{
    char digits[20];
    int count = 0;
    unsigned long long left = value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value;

    do
        digits[count++] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (value < 0)
        *to++ = '-';
    while (count > 0)
        *to++ = digits[--count];
    return to;
}

static char *put_checksum(char *to, uint32_t crc)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        *to++ = "0123456789abcdef"[(crc >> shift) & 15];
    return to;
}

/* Write down one line; returns its end. */
static char *put_line(char *line, long long n, const char *values, Py_ssize_t length, long long timestamp, long long step)
{
    char *end;
    uint32_t crc;

    end = put_literal(line, "{\"n\":");
    end = put_integer(end, n);
    end = put_literal(end, ",\"values\":");
    end = put(end, values, length);
    end = put_literal(end, ",\"timestamp\":");
    end = put_integer(end, timestamp);
    end = put_literal(end, ",\"step\":");
    end = put_integer(end, step);
    crc = checksum(line, end - line);
    end = put_literal(end, ",\"crc\":\"");
    end = put_checksum(end, crc);
    return put_literal(end, "\"}\n");
}

/* Append one line; returns its number, or 0 where nothing was acknowledged. */
static long long append(Appending *self, const char *values, Py_ssize_t length, long long timestamp, long long step)
{
    char usual[USUAL_LINE], *line = usual;
    int is_written = 0;
    Py_ssize_t size;

    if (!self->is_whole)
        return 0;
    if (length > USUAL_LINE - AROUND_THE_VALUES && (line = PyMem_Malloc((size_t)length + AROUND_THE_VALUES)) == NULL)
        return 0;
    size = put_line(line, self->n + 1, values, length, timestamp, step) - line;
    if (size <= self->most_bytes - self->size)
        is_written = self->is_whole = write(self->file, line, (size_t)size) == size;
    if (line != usual)
        PyMem_Free(line);
    if (!is_written)
        return 0;
    self->size += size;
    return ++self->n;
}

static PyObject *usual_metrics(PyObject *object, PyObject *const *arguments, Py_ssize_t count)
{
    Appending *self = (Appending *)object;
    PyObject *text, *is_locked;
    char *values;
    Py_ssize_t length;
    long long timestamp, step = 0, n = 0;

    if (count != 3 || !PyDict_CheckExact(arguments[0])) {
        PyErr_SetString(PyExc_TypeError, "usual_metrics() takes a dict, a timestamp and a step");
        return NULL;
    }
    if (arguments[1] == Py_None) {
        timestamp = now();
        if (timestamp < 0)
            return PyErr_Occurred() ? NULL : PyLong_FromLong(0);
    } else if (!read_integer(arguments[1], 0, &timestamp)) {
        return PyLong_FromLong(0);
    }
    if (arguments[2] != Py_None && !read_integer(arguments[2], INT64_MIN, &step))
        return PyLong_FromLong(0);
    switch (are_usual(arguments[0], self->names)) {
    case -1:
        return NULL;
    case 0:
        return PyLong_FromLong(0);
    }
    text = PyObject_CallFunctionObjArgs(encode, arguments[0], NULL);
    if (text == NULL)
        return NULL;
    if (PyBytes_AsStringAndSize(text, &values, &length) == 0) {
        is_locked = PyObject_CallNoArgs(self->is_locked);
        if (is_locked == Py_False) /* else another thread is amid writing: the other way waits for it */
            n = append(self, values, length, timestamp, step);
        Py_XDECREF(is_locked);
    }
    Py_DECREF(text);
    return PyErr_Occurred() ? NULL : PyLong_FromLongLong(n);
}

static PyObject *make(PyTypeObject *type, PyObject *Py_UNUSED(arguments), PyObject *Py_UNUSED(named))
{
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Appending *self = (Appending *)allocate(type, 0);

    if (self == NULL)
        return NULL;
    self->file = -1;
    self->is_whole = 1;
    self->names = PySet_New(NULL);
    self->lock = self->names == NULL ? NULL : PyObject_CallNoArgs(allocate_lock);
    self->is_locked = self->lock == NULL ? NULL : PyObject_GetAttrString(self->lock, "locked");
    if (self->is_locked == NULL) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static void end(PyObject *object)
{
    Appending *self = (Appending *)object;
    PyTypeObject *type = Py_TYPE(object);
    freefunc give_back = (freefunc)PyType_GetSlot(type, Py_tp_free);

    Py_XDECREF(self->names);
    Py_XDECREF(self->lock);
    Py_XDECREF(self->is_locked);
    give_back(object);
    Py_DECREF(type);
}

static PyObject *write_text(PyObject *Py_UNUSED(module), PyObject *const *arguments, Py_ssize_t count)
{
    char *text;
    Py_ssize_t length, size;
    long file;

    if (count != 3) {
        PyErr_SetString(PyExc_TypeError, "write() takes a file, a text and a size");
        return NULL;
    }
    file = PyLong_AsLong(arguments[0]);
    size = PyLong_AsSsize_t(arguments[2]);
    if (PyErr_Occurred() || PyBytes_AsStringAndSize(arguments[1], &text, &length) < 0)
        return NULL;
    if (size < 0 || size > length) {
        PyErr_SetString(PyExc_ValueError, "write() cannot write more than the text has");
        return NULL;
    }
    return PyLong_FromSsize_t(write((int)file, text, (size_t)size));
}

static PyMethodDef functions[] = {
    {"write", (PyCFunction)(void (*)(void))write_text, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMethodDef methods[] = {
    {"usual_metrics", (PyCFunction)(void (*)(void))usual_metrics, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef members[] = {
    {"file", T_INT, offsetof(Appending, file), 0, NULL},
    {"n", T_LONGLONG, offsetof(Appending, n), 0, NULL},
    {"size", T_LONGLONG, offsetof(Appending, size), 0, NULL},
    {"most_bytes", T_LONGLONG, offsetof(Appending, most_bytes), 0, NULL},
    {"_is_whole", T_BOOL, offsetof(Appending, is_whole), 0, NULL},
    {"_names", T_OBJECT_EX, offsetof(Appending, names), READONLY, NULL},
    {"_lock", T_OBJECT_EX, offsetof(Appending, lock), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, make},
    {Py_tp_dealloc, end},
    {Py_tp_methods, methods},
    {Py_tp_members, members},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "runstone.journal.appending.Appending",
    .basicsize = sizeof(Appending),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = slots,
};

/* An attribute of a module, or of what that attribute gives when it is called. */
static PyObject *imported(const char *module, const char *name)
{
    PyObject *from = PyImport_ImportModule(module);
    PyObject *found = from == NULL ? NULL : PyObject_GetAttrString(from, name);

    Py_XDECREF(from);
    return found;
}

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "appending", .m_size = -1, .m_methods = functions,
};

PyMODINIT_FUNC PyInit_appending(void)
{
    PyObject *module, *type, *new_encoder, *encoder;

    for (uint32_t byte = 0; byte < 256; byte++) {
        remainders[0][byte] = byte;
        for (int bit = 0; bit < 8; bit++)
            remainders[0][byte] = (remainders[0][byte] & 1 ? 0xEDB88320 : 0) ^ (remainders[0][byte] >> 1);
    }
    for (int place = 1; place < 4; place++)
        for (int byte = 0; byte < 256; byte++) {
            uint32_t before = remainders[place - 1][byte];
            remainders[place][byte] = remainders[0][before & 0xFF] ^ (before >> 8);
        }
    new_encoder = imported("msgspec.json", "Encoder");
    encoder = new_encoder == NULL ? NULL : PyObject_CallNoArgs(new_encoder);
    encode = encoder == NULL ? NULL : PyObject_GetAttrString(encoder, "encode");
    Py_XDECREF(new_encoder);
    Py_XDECREF(encoder);
    allocate_lock = encode == NULL ? NULL : imported("threading", "Lock");
    time_module = allocate_lock == NULL ? NULL : PyImport_ImportModule("time");
    clock_name = time_module == NULL ? NULL : PyUnicode_InternFromString("time_ns");
    if (clock_name == NULL)
        return NULL;
    module = PyModule_Create(&definition);
    if (module == NULL)
        return NULL;
    type = PyType_FromSpec(&spec);
    if (type == NULL || PyModule_AddObjectRef(module, "Appending", type) < 0) {
        Py_XDECREF(type);
        Py_DECREF(module);
        return NULL;
    }
    Py_DECREF(type);
    return module;
}
