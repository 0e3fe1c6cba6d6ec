"""The tables of Nichatka as they are. Django 3.2 knows no key of several columns: the one that tells rows apart here stands for it."""

from django.db import models
from django.contrib.postgres.search import SearchVectorField


class Host(models.Model):
    id = models.SmallIntegerField(primary_key=True)
    name = models.TextField()
    broadcasts_ordinary = models.IntegerField()
    broadcasts_important = models.IntegerField()
    broadcasts_critical = models.IntegerField()

    class Meta:
        managed = False
        db_table = 'host'


class AppUser(models.Model):
    host = models.ForeignKey(Host, models.PROTECT)
    nickname = models.TextField()
    sees_from_message_id = models.BigIntegerField()
    unread_ordinary = models.IntegerField()
    unread_important = models.IntegerField()
    unread_critical = models.IntegerField()

    class Meta:
        managed = False
        db_table = 'app_user'


class Message(models.Model):
    id = models.BigIntegerField(primary_key=True)
    host = models.ForeignKey(Host, models.PROTECT)
    sender = models.ForeignKey(AppUser, models.PROTECT)
    parent = models.ForeignKey('self', models.PROTECT, null=True)
    sent_at = models.DateTimeField()
    priority = models.SmallIntegerField()
    to_everyone = models.BooleanField()
    text = models.TextField()
    words = SearchVectorField()

    class Meta:
        managed = False
        db_table = 'message'


class UserGroup(models.Model):
    id = models.IntegerField(primary_key=True)
    host = models.ForeignKey(Host, models.PROTECT)
    name = models.TextField()

    class Meta:
        managed = False
        db_table = 'user_group'


class MessageAddress(models.Model):
    message = models.ForeignKey(Message, models.PROTECT, primary_key=True, related_name='addresses')
    host = models.ForeignKey(Host, models.PROTECT)
    position = models.SmallIntegerField()
    user = models.ForeignKey(AppUser, models.PROTECT, null=True)
    group = models.ForeignKey(UserGroup, models.PROTECT, null=True)

    class Meta:
        managed = False
        db_table = 'message_address'


class Delivery(models.Model):
    message = models.ForeignKey(Message, models.PROTECT, primary_key=True)
    host = models.ForeignKey(Host, models.PROTECT)
    user = models.ForeignKey(AppUser, models.PROTECT)
    sender = models.ForeignKey(AppUser, models.PROTECT, related_name='sent')
    status = models.SmallIntegerField()
    color = models.SmallIntegerField()
    shown_priority = models.SmallIntegerField()
    incoming = models.BooleanField()
    outgoing = models.BooleanField()

    class Meta:
        managed = False
        db_table = 'delivery'
